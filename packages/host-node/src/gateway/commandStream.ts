/**
 * Commands that come with their first bytes over HTTP/2, read and answered on the stream itself: Node's request and response
 * around it cost about as much as all checks but the signature's.
 *
 * Whatever else comes is put back and given back as if nobody had looked: a message in several parts, one that is malformed,
 * late or compressed, a body that has to wait for its turn, an address that may not try.
 */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2"
import { Code, ConnectError } from "@connectrpc/connect"
import { andThen, isPromise } from "@galaxy/edge/Awaitable"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope, Peer } from "@galaxy/edge/Envelope"
import type { AdmittedStream, TakesStream } from "./bounds/AdmittedStream.ts"
import type { Body } from "./bounds/Bodies.ts"
import { commandIn, commandPath, replyTo } from "./fastCommand.ts"
import { type Form, formOf, type Reply } from "./fastForms.ts"
import { timeoutOf, timeoutText } from "./timeouts.ts"

/** Where a command comes from. */
export interface CommandSource {
  readonly peer: Peer
  readonly body: Body
  readonly stream: ServerHttp2Stream
}

/** What the way on streams needs. */
export interface CommandStreamOptions {
  /** Whether a request to this authority is answered here. */
  readonly takesHost: (authority: string) => boolean
  /** Step 0 of wire.md: whether the address may try. */
  readonly mayTry: (peer: Peer) => boolean
  /** Runs the command of a message that was read; doesn't reject. `over` is aborted when the call is given up. */
  readonly start: (
    request: Envelope,
    from: CommandSource,
    over: AbortController
  ) => Promise<SignedAnswer | ConnectError>
  /** Called with what fails although it can't; the call ends without an answer. */
  readonly broken: (cause: unknown) => void
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
}

/** One call from the head of its request to its answer. */
class StreamCall {
  readonly #form: Form
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  readonly #admitted: AdmittedStream
  readonly #options: CommandStreamOptions
  readonly #until: number | undefined
  readonly #late: NodeJS.Timeout | undefined
  #first: Buffer | undefined
  #command: Envelope | undefined
  #body: Body | undefined
  /** There as soon as the command runs. */
  #over: AbortController | undefined
  #isAnswered = false

  constructor(
    form: Form,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    admitted: AdmittedStream,
    options: CommandStreamOptions,
    timeoutMs: number | undefined
  ) {
    this.#form = form
    this.#stream = stream
    this.#headers = headers
    this.#admitted = admitted
    this.#options = options
    this.#until = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    this.#late = timeoutMs === undefined ? undefined : setTimeout(() => this.#onLate(), timeoutMs)
    stream.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose)
  }

  readonly #onData = (part: Buffer): void => {
    if (this.#first !== undefined) {
      this.#giveBack(Buffer.concat([this.#first, part]))
      return
    }
    this.#first = part
    this.#body = this.#admitted.openBody()
    this.#body.arrived(part.length)
    const isUsual =
      !this.#body.waits() && this.#form.isWhole(part, this.#headers) && this.#options.mayTry(this.#admitted.peer)
    this.#command = isUsual ? commandIn(this.#form, part) : undefined
    if (this.#command === undefined) this.#giveBack(part)
  }

  readonly #onEnd = (): void => {
    const stream = this.#stream
    // Over HTTP/2 a stream that breaks off still ends its body, after it was destroyed.
    if (stream.destroyed || stream.closed || stream.aborted) return
    if (this.#command === undefined || this.#body === undefined) {
      this.#giveBack(undefined)
      // Its end has been told already, and whoever reads it now has to hear of it.
      stream.emit("end")
      return
    }
    this.#body.ended()
    // Its address had too much open, and it was this that had to go.
    if (stream.closed) return
    this.#admitted.whole()
    this.#over = new AbortController()
    const from = { peer: this.#admitted.peer, body: this.#body, stream }
    void this.#options.start(this.#command, from, this.#over).then(this.#answer, this.#onBroken)
  }

  readonly #onClose = (): void => {
    clearTimeout(this.#late)
    this.#body?.closed()
    if (!this.#isAnswered) this.#end(new ConnectError("the call was cancelled", Code.Canceled))
  }

  /** Others go on with it from its beginning, within the time that is left. */
  #giveBack(read: Buffer | undefined): void {
    const stream = this.#stream
    clearTimeout(this.#late)
    stream.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose)
    this.#body?.closed()
    stream.pause()
    if (read !== undefined) stream.unshift(read)
    if (this.#until !== undefined) {
      const { timeout } = this.#form
      this.#headers[timeout] = timeoutText(timeout, this.#until - performance.now())
    }
    this.#admitted.giveBack()
    stream.resume()
  }

  #onLate(): void {
    if (this.#over === undefined) this.#giveBack(this.#first)
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
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  #send({ status, headers, body, trailers }: Reply): void {
    const stream = this.#stream
    if (stream.destroyed || stream.closed) return
    if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers))
    stream.respond(
      { ":status": status, ...this.#options.headers, ...headers },
      { waitForTrailers: trailers !== undefined }
    )
    this.#admitted.end(body)
  }
}

/** The form of a request that may be taken, and the time that its client gives it. */
const usualOf = (headers: IncomingHttpHeaders) => {
  if (headers[":method"] !== "POST" || headers[":path"] !== commandPath) return undefined
  const form = formOf(headers, 2)
  if (form === undefined || headers["connect-content-encoding"] !== undefined) return undefined
  const timeoutMs = timeoutOf(headers, form.timeout)
  return timeoutMs === "malformed" ? undefined : { form, timeoutMs }
}

/** Takes the streams of usual commands. */
export const make =
  (options: CommandStreamOptions): TakesStream =>
  (stream, headers, admitted) => {
    const usual = stream.readableEnded ? undefined : usualOf(headers)
    const { ":authority": authority } = headers
    if (usual === undefined || authority === undefined) return false
    // A head that names its host twice is for whoever says what is wrong with it, and a page's for whoever knows its origin.
    if (headers.host !== undefined || headers.origin !== undefined) return false
    // Node asks for the body of whoever waits to be asked.
    if (headers.expect !== undefined) return false
    if (!options.takesHost(authority)) return false
    // It lives as long as the listeners that it adds.
    void new StreamCall(usual.form, stream, headers, admitted, options, usual.timeoutMs)
    return true
  }
