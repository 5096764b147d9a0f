/**
 * Commands in the forms that clients use most, without the library: gRPC over HTTP/2 and Connect's unary calls, in protobuf,
 * uncompressed. That halves what a call costs.
 *
 * Whatever else comes, or turns out to be malformed, late or too large while it is read, is handed on to the library together
 * with what was read of it. So nothing here decides how a message is refused.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { promisify } from "node:util"
import { gzip as gzipWith } from "node:zlib"
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import { Code, ConnectError } from "@connectrpc/connect"
import {
  EdgeGateway,
  type ExecuteCommandRequest,
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import { type Form, formOf } from "./fastForms.ts"
import { timeoutOf, timeoutText } from "./timeouts.ts"

const gzip = promisify(gzipWith)

/** From this size on an answer is compressed for clients that take it; the library's bound. */
const compressFrom = 1_024

const path = `/${EdgeGateway.typeName}/${EdgeGateway.method.executeCommand.name}`

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
    request: ExecuteCommandRequest,
    from: IncomingMessage,
    over: AbortController
  ) => Promise<SignedAnswer | ConnectError>
  /** Takes what isn't answered here. */
  readonly slow: (request: IncomingMessage, response: ServerResponse, read: ReadSoFar) => void
}

/** Unknown fields aren't kept: nobody has signed them, and they would count for nothing. */
const decoded = (message: Buffer): ExecuteCommandRequest | undefined => {
  try {
    return fromBinary(ExecuteCommandRequestSchema, message, { readUnknownFields: false })
  } catch {
    return undefined
  }
}

/** The message in a whole body, where it is exactly one. */
const commandIn = (form: Form, parts: ReadonlyArray<Buffer>): ExecuteCommandRequest | undefined => {
  const [only] = parts
  const message = form.message(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts))
  return message === undefined ? undefined : decoded(message)
}

const takesGzip = (value: string | ReadonlyArray<string> | undefined): boolean =>
  typeof value === "string" && value.split(",").some((it) => it.trim() === "gzip")

/** Over HTTP/2 a stream that breaks off still ends its body, after it was destroyed. */
const isBroken = (request: IncomingMessage, response: ServerResponse): boolean => {
  const { stream } = request as { readonly stream?: { readonly destroyed: boolean; readonly aborted: boolean } }
  return request.destroyed || response.destroyed || stream?.destroyed === true || stream?.aborted === true
}

/** One call from the head of its request to its answer. */
class Call {
  readonly #form: Form
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
    form: Form,
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
    const command = commandIn(this.#form, this.#parts)
    if (command === undefined) return this.#handOn(true)
    this.#parts = []
    this.#over = new AbortController()
    void this.#options.start(command, this.#request, this.#over).then((outcome) => this.#answer(outcome))
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

  #answer(outcome: SignedAnswer | ConnectError): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    clearTimeout(this.#late)
    const { headers } = this.#request
    const response = this.#response
    if (response.destroyed) return
    const contentType = headers["content-type"] ?? ""
    if (outcome instanceof ConnectError) {
      this.#form.refuse(response, contentType, outcome)
      return
    }
    // The fields of an answer are those of its message.
    const answer = toBinary(ExecuteCommandResponseSchema, {
      $typeName: ExecuteCommandResponseSchema.typeName,
      ...outcome
    })
    if (answer.length < compressFrom || !takesGzip(headers[this.#form.accepts])) {
      this.#form.answer(response, contentType, answer, false)
      return
    }
    gzip(answer).then(
      (compressed) => this.#form.answer(response, contentType, compressed, true),
      () => this.#form.answer(response, contentType, answer, false)
    )
  }
}

/** Returns whether it takes a request. One that it doesn't take is as it was. */
export const make =
  (options: FastUnaryOptions): ((request: IncomingMessage, response: ServerResponse) => boolean) =>
  (request, response) => {
    const form = request.method === "POST" && request.url === path ? formOf(request) : undefined
    if (form === undefined) return false
    const timeoutMs = timeoutOf(request.headers, form.timeout)
    if (timeoutMs === "malformed") return false
    // It lives as long as the listeners that it adds.
    void new Call(form, request, response, options, timeoutMs)
    return true
  }
