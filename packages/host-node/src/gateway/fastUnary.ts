/**
 * Commands in the forms that clients use most, without the library: gRPC over HTTP/2 and Connect's unary calls, in protobuf,
 * uncompressed. That halves what a call costs.
 *
 * Whatever else comes, or turns out to be malformed, late or too large while it is read, is handed on to the library together
 * with what was read of it. So nothing here decides how a message is refused.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Code, ConnectError } from "@connectrpc/connect"
import { andThen, isPromise } from "@galaxy/edge/Awaitable"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope } from "@galaxy/edge/Envelope"
import { commandIn, commandPath, replyTo } from "./fastCommand.ts"
import { type UnaryForm, unaryFormOf, type Reply } from "./unaryForms.ts"
import { isBroken, isGone } from "./isBroken.ts"
import { joined } from "./joined.ts"
import { timeoutOf, timeoutText } from "./timeouts.ts"

/** What a request may be handed on with: the parts of its body that were read, and whether there are more. */
export interface ReadSoFar {
  readonly parts: ReadonlyArray<Buffer>
  readonly isWhole: boolean
}

/** What the fast way needs. */
export interface FastUnaryOptions {
  /** Bytes of a body that are kept; a longer one is the library's. */
  readonly maxBytes: number
  /** Runs the command of a message that was read; doesn't reject. `over` is aborted when the call is given up. */
  readonly start: (
    request: Envelope,
    from: IncomingMessage,
    over: AbortController
  ) => Promise<SignedAnswer | ConnectError>
  /** Called with what fails although it can't; the call ends without an answer. */
  readonly broken: (cause: unknown) => void
  /** Takes what isn't answered here. */
  readonly slow: (request: IncomingMessage, response: ServerResponse, read: ReadSoFar) => void
}

const send = (response: ServerResponse, { status, headers, body, trailers }: Reply): void => {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (trailers !== undefined) response.addTrailers(trailers)
  if (body.length > 0) response.end(body)
  else {
    // Together with the end they would end the stream, and no trailers would be sent.
    if (trailers !== undefined) response.flushHeaders()
    response.end()
  }
}

/** One call from the head of its request to its answer. */
class Call {
  readonly #form: UnaryForm
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: FastUnaryOptions
  readonly #until: number | undefined
  readonly #late: NodeJS.Timeout | undefined
  #parts: Array<Buffer> = []
  #size = 0
  /** There as soon as the command runs. */
  #over: AbortController | undefined
  #isAnswered = false

  constructor(
    form: UnaryForm,
    request: IncomingMessage,
    response: ServerResponse,
    options: FastUnaryOptions,
    timeoutMs: number | undefined
  ) {
    this.#form = form
    this.#request = request
    this.#response = response
    this.#options = options
    this.#until = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    this.#late = timeoutMs === undefined ? undefined : setTimeout(() => this.#onLate(), timeoutMs)
    response.once("close", () => {
      clearTimeout(this.#late)
      if (!this.#isAnswered) this.#end(new ConnectError("the call was cancelled", Code.Canceled))
    })
    request.on("data", this.#onData).on("end", this.#onEnd)
  }

  readonly #onData = (part: Buffer): void => {
    this.#parts.push(part)
    this.#size += part.length
    if (this.#size > this.#options.maxBytes) this.#handOn(false)
  }

  readonly #onEnd = (): void => {
    this.#stopReading()
    if (isBroken(this.#request, this.#response)) return
    const command = commandIn(this.#form, joined(this.#parts))
    if (command === undefined) return this.#handOn(true)
    this.#parts = []
    this.#over = new AbortController()
    void this.#options.start(command, this.#request, this.#over).then(this.#answer, this.#onBroken)
  }

  #stopReading(): void {
    this.#request.off("data", this.#onData).off("end", this.#onEnd)
  }

  /** The library goes on with it, within the time that is left. */
  #handOn(isWhole: boolean): void {
    clearTimeout(this.#late)
    this.#stopReading()
    if (!isWhole) this.#request.pause()
    if (this.#until !== undefined) {
      const { timeout } = this.#form
      this.#request.headers[timeout] = timeoutText(timeout, this.#until - performance.now())
    }
    this.#options.slow(this.#request, this.#response, { parts: this.#parts, isWhole })
  }

  #onLate(): void {
    if (this.#over === undefined) this.#handOn(false)
    else this.#end(new ConnectError("the operation timed out", Code.DeadlineExceeded))
  }

  /** What the command still waits for isn't waited for. */
  #end(why: ConnectError): void {
    if (this.#over === undefined || this.#isAnswered) return
    this.#over.abort(why)
    this.#answer(why)
  }

  readonly #answer = (outcome: SignedAnswer | ConnectError): void => {
    if (this.#isAnswered) return
    this.#isAnswered = true
    clearTimeout(this.#late)
    try {
      const sent = andThen(replyTo(this.#form, this.#request.headers, outcome), (reply) => {
        if (!isGone(this.#response)) send(this.#response, reply)
      })
      if (isPromise(sent)) sent.catch(this.#onBroken)
    } catch (cause) {
      this.#onBroken(cause)
    }
  }

  readonly #onBroken = (cause: unknown): void => {
    this.#options.broken(cause)
    this.#response.destroy()
  }
}

/** Returns whether it takes a request. One that it doesn't take is as it was. */
export const make =
  (options: FastUnaryOptions): ((request: IncomingMessage, response: ServerResponse) => boolean) =>
  (request, response) => {
    const form =
      request.method === "POST" && request.url === commandPath
        ? unaryFormOf(request.headers, request.httpVersionMajor)
        : undefined
    if (form === undefined) return false
    const timeoutMs = timeoutOf(request.headers, form.timeout)
    if (timeoutMs === "malformed") return false
    // It lives as long as the listeners that it adds.
    void new Call(form, request, response, options, timeoutMs)
    return true
  }
