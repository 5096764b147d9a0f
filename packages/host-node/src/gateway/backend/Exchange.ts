/**
 * One request to the backend and its whole answer, on undici's dispatcher: without the streams and signals that its usual
 * interface makes for each.
 */
import type { BackendAnswer } from "@galaxy/edge/BackendClient"
import type { CallFate } from "@galaxy/edge/Refusal"
import type { IncomingHttpHeaders } from "node:http"
import type { Dispatcher } from "undici"
import { joined } from "../joined.ts"

/** There is no answer; the message says why. */
export class Unanswered extends Error {
  /** What is known of the request; undefined where its time is over, or its answer can't be read. */
  readonly fate: CallFate | undefined

  constructor(message: string, fate?: CallFate) {
    super(message)
    this.fate = fate
  }
}

/** What is sent. `headers` are names and values in turns. */
export interface Sent {
  readonly method: "GET" | "POST" | "PATCH"
  /** Path and query, encoded. */
  readonly path: string
  readonly headers: ReadonlyArray<string>
  readonly body: string | null
}

/** The parser's message would quote the answer, with whatever is in it. */
const reasonOf = (cause: unknown): string =>
  cause instanceof SyntaxError ? "its answer is not valid JSON" : cause instanceof Error ? cause.message : String(cause)

const bom = Buffer.from([0xef, 0xbb, 0xbf])

const textOf = (parts: ReadonlyArray<Buffer>): string => {
  const whole = joined(parts)
  return whole.toString("utf8", whole.subarray(0, 3).equals(bom) ? 3 : 0)
}

const jsonOf = (parts: ReadonlyArray<Buffer>): unknown => {
  const text = textOf(parts)
  return text === "" ? null : JSON.parse(text)
}

/** Codes of a connection that broke: no more of the answer can come. */
const cutCodes: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"])

/** Settles once: with the answer, or with why there is none. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: (outcome: BackendAnswer | Unanswered) => void
  readonly #leaving: (() => void) | undefined
  #controller: Dispatcher.DispatchController | undefined
  #over: Error | undefined
  #status = 0
  readonly #parts: Array<Buffer> = []

  constructor(settle: (outcome: BackendAnswer | Unanswered) => void, leaving?: () => void) {
    this.#settle = settle
    this.#leaving = leaving
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It was given up before its turn came.
    if (this.#over !== undefined) controller.abort(this.#over)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // One below 200 comes before the answer.
    if (status >= 200) this.#status = status
    if (headers.connection === "close") this.#leaving?.()
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    this.#parts.push(part)
  }

  onResponseEnd(): void {
    try {
      this.#settle({ status: this.#status, json: jsonOf(this.#parts) })
    } catch (cause) {
      this.#settle(new Unanswered(reasonOf(cause)))
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle(new Unanswered(reasonOf(error), this.#fateOf(error)))
  }

  #fateOf(error: Error): CallFate | undefined {
    // It is given a controller right before it is written.
    if (this.#controller === undefined) return "unsent"
    return cutCodes.has((error as NodeJS.ErrnoException).code ?? "") ? "cut" : undefined
  }

  /** Ends it wherever it is. */
  giveUp(why: Error): void {
    this.#over = why
    this.#controller?.abort(why)
    this.#settle(new Unanswered(why.message))
  }
}

/**
 * Sends a request. `begun` gets the function that gives it up, and returns what is called when it is over. Of a request that
 * was given up, the promise resolves at once. `leaving` is called when an answer says that its connection ends.
 */
export const exchange = (
  dispatcher: Dispatcher,
  sent: Sent,
  begun: (giveUp: (why: Error) => void) => () => void,
  leaving?: () => void
): Promise<BackendAnswer | Unanswered> =>
  new Promise((resolve) => {
    let isOpen = true
    const settle = (outcome: BackendAnswer | Unanswered) => {
      if (!isOpen) return
      isOpen = false
      ended()
      resolve(outcome)
    }
    const one = new Exchange(settle, leaving)
    const ended = begun((why) => one.giveUp(why))
    dispatcher.dispatch(
      { method: sent.method, path: sent.path, headers: sent.headers as Array<string>, body: sent.body },
      one
    )
  })
