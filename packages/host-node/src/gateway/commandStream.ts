/**
 * Commands that come with their first bytes over HTTP/2, read and answered on the stream itself: Node's request and response
 * around it cost about as much as all checks but the signature's.
 *
 * What isn't usual goes on by others (`MessageReading`), as does one whose time ends before its message is there.
 */
import { constants, type IncomingHttpHeaders } from "node:http2"
import { Code, ConnectError } from "@connectrpc/connect"
import { andThen, isPromise } from "@galaxy/edge/Awaitable"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope } from "@galaxy/edge/Envelope"
import type { AdmittedStream, TakesStream } from "./bounds/AdmittedStream.ts"
import { commandIn, commandPath, replyTo } from "./fastCommand.ts"
import { type UnaryForm, unaryFormOf, type Reply } from "./unaryForms.ts"
import { isReadable, MessageReading, type MessageReadingOptions, type MessageSource } from "./MessageReading.ts"
import { timeoutOf, timeoutText } from "./timeouts.ts"

/** What the way on streams needs. */
export interface CommandStreamOptions extends MessageReadingOptions {
  /** Runs the command of a message that was read; doesn't reject. `over` is aborted when the call is given up. */
  readonly start: (
    request: Envelope,
    from: MessageSource,
    over: AbortController
  ) => Promise<SignedAnswer | ConnectError>
  /** Called with what fails although it can't; the call ends without an answer. */
  readonly broken: (cause: unknown) => void
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
}

/** One call from the head of its request to its answer. */
class StreamCall extends MessageReading<Envelope> {
  readonly #form: UnaryForm
  readonly #headers: IncomingHttpHeaders
  readonly #options: CommandStreamOptions
  readonly #until: number | undefined
  readonly #late: NodeJS.Timeout | undefined
  /** There as soon as the command runs. */
  #over: AbortController | undefined
  #isAnswered = false

  constructor(
    form: UnaryForm,
    headers: IncomingHttpHeaders,
    admitted: AdmittedStream,
    options: CommandStreamOptions,
    timeoutMs: number | undefined
  ) {
    super(admitted, options)
    this.#form = form
    this.#headers = headers
    this.#options = options
    this.#until = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    this.#late = timeoutMs === undefined ? undefined : setTimeout(() => this.#onLate(), timeoutMs)
  }

  protected messageIn(body: Buffer): Envelope | undefined {
    return this.#form.isWhole(body, this.#headers) ? commandIn(this.#form, body) : undefined
  }

  protected begin(command: Envelope, from: MessageSource): void {
    this.#over = new AbortController()
    void this.#options.start(command, from, this.#over).then(this.#answer, this.#onBroken)
  }

  /** Others have the time that is left. */
  protected givingBack(): void {
    clearTimeout(this.#late)
    if (this.#until === undefined) return
    const { timeout } = this.#form
    this.#headers[timeout] = timeoutText(timeout, this.#until - performance.now())
  }

  protected closed(): void {
    clearTimeout(this.#late)
    if (!this.#isAnswered) this.#end(new ConnectError("the call was cancelled", Code.Canceled))
  }

  #onLate(): void {
    if (this.#over === undefined) this.giveBack()
    else this.#end(new ConnectError("the operation timed out", Code.DeadlineExceeded))
  }

  /** What the command still waits for isn't waited for. */
  #end(why: ConnectError): void {
    if (this.#over === undefined) return
    this.#over.abort(why)
    this.#answer(why)
  }

  readonly #answer = (outcome: SignedAnswer | ConnectError): void => {
    if (this.#isAnswered) return
    this.#isAnswered = true
    clearTimeout(this.#late)
    try {
      const sent = andThen(replyTo(this.#form, this.#headers, outcome), (reply) => this.#send(reply))
      if (isPromise(sent)) sent.catch(this.#onBroken)
    } catch (cause) {
      this.#onBroken(cause)
    }
  }

  readonly #onBroken = (cause: unknown): void => {
    this.#options.broken(cause)
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  #send({ status, headers, body, trailers }: Reply): void {
    const { stream } = this
    if (stream.destroyed || stream.closed) return
    if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers))
    stream.respond(
      { ":status": status, ...this.#options.headers, ...headers },
      { waitForTrailers: trailers !== undefined }
    )
    this.admitted.end(body)
  }
}

/** The form of a request that may be taken, and the time that its client gives it. */
const usualOf = (headers: IncomingHttpHeaders) => {
  if (headers[":method"] !== "POST" || headers[":path"] !== commandPath) return undefined
  const form = unaryFormOf(headers, 2)
  if (form === undefined || headers["connect-content-encoding"] !== undefined) return undefined
  const timeoutMs = timeoutOf(headers, form.timeout)
  return timeoutMs === "malformed" ? undefined : { form, timeoutMs }
}

/** Takes the streams of usual commands. */
export const make =
  (options: CommandStreamOptions): TakesStream =>
  (stream, headers, admitted) => {
    const usual = isReadable(stream, headers, options) ? usualOf(headers) : undefined
    if (usual === undefined) return false
    void new StreamCall(usual.form, headers, admitted, options, usual.timeoutMs)
    return true
  }
