/**
 * Commands in the forms that clients use most, without the library: gRPC over HTTP/2 and Connect's unary calls, in protobuf,
 * uncompressed. That halves what a call costs.
 *
 * Whatever else comes, or turns out to be malformed or too large while it is read, is handed on to the library together with
 * what was read of it. So nothing here decides how a message is refused.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { promisify } from "node:util"
import { gzip as gzipWith } from "node:zlib"
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import { Code, ConnectError } from "@connectrpc/connect"
import { codeToHttpStatus, errorToJsonBytes } from "@connectrpc/connect/protocol-connect"
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc"
import {
  EdgeGateway,
  type ExecuteCommandRequest,
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Refusal } from "@galaxy/edge/Refusal"
import type { Exit, Fiber } from "effect"
import { timeoutOf } from "./timeouts.ts"

const gzip = promisify(gzipWith)

/** From this size on an answer is compressed for clients that take it; the library's bound. */
const compressFrom = 1_024

/** How a protocol frames its message, and how it says what became of it. */
interface Form {
  /** The message in a whole body; undefined where that isn't exactly one uncompressed message. */
  readonly message: (body: Buffer) => Buffer | undefined
  /** The header in which a client says how it may be compressed. */
  readonly accepts: string
  readonly answer: (response: ServerResponse, contentType: string, message: Uint8Array, isCompressed: boolean) => void
  readonly refuse: (response: ServerResponse, contentType: string, error: ConnectError) => void
}

const frameHead = 5

const grpc: Form = {
  message: (body) =>
    body.length >= frameHead && body[0] === 0 && body.readUInt32BE(1) === body.length - frameHead
      ? body.subarray(frameHead)
      : undefined,
  accepts: "grpc-accept-encoding",
  answer: (response, contentType, message, isCompressed) => {
    const frame = Buffer.allocUnsafe(frameHead + message.length)
    frame.writeUInt8(isCompressed ? 1 : 0, 0)
    frame.writeUInt32BE(message.length, 1)
    frame.set(message, frameHead)
    response.setHeader("content-type", contentType)
    if (isCompressed) response.setHeader("grpc-encoding", "gzip")
    response.addTrailers({ "grpc-status": "0" })
    response.end(frame)
  },
  refuse: (response, contentType, error) => {
    const trailers = new Headers()
    setTrailerStatus(trailers, error)
    response.setHeader("content-type", contentType)
    response.addTrailers(Object.fromEntries(trailers))
    // Together with the end they would end the stream, and no trailers would be sent.
    response.flushHeaders()
    response.end()
  }
}

const connect: Form = {
  message: (body) => body,
  accepts: "accept-encoding",
  answer: (response, contentType, message, isCompressed) => {
    response.setHeader("content-type", contentType)
    response.setHeader("content-length", message.length)
    if (isCompressed) response.setHeader("content-encoding", "gzip")
    response.end(message)
  },
  refuse: (response, _, error) => {
    const json = errorToJsonBytes(error, undefined)
    response.statusCode = codeToHttpStatus(error.code)
    response.setHeader("content-type", "application/json")
    response.setHeader("content-length", json.length)
    response.end(json)
  }
}

/** Where a call comes in, and in what form; undefined where the library takes it. */
const formOf = ({ headers, httpVersionMajor }: IncomingMessage): Form | undefined => {
  if (headers["content-encoding"] !== undefined) return undefined
  switch (headers["content-type"]) {
    case "application/grpc":
    case "application/grpc+proto":
      return httpVersionMajor === 2 && headers["grpc-encoding"] === undefined ? grpc : undefined
    case "application/proto":
      return headers["connect-protocol-version"] === "1" ? connect : undefined
    default:
      return undefined
  }
}

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
  /** Starts the command of a message that was read. */
  readonly start: (request: ExecuteCommandRequest, from: IncomingMessage) => Fiber.Fiber<SignedAnswer, Refusal>
  /** The error of a command that didn't succeed. `ended` is why the call was given up, if it was. */
  readonly errorOf: (exit: Exit.Failure<SignedAnswer, Refusal>, ended: ConnectError | undefined) => ConnectError
  /** Takes what isn't answered here. */
  readonly slow: (request: IncomingMessage, response: ServerResponse, read: ReadSoFar) => void
}

const decoded = (message: Buffer): ExecuteCommandRequest | undefined => {
  try {
    return fromBinary(ExecuteCommandRequestSchema, message)
  } catch {
    return undefined
  }
}

const takesGzip = (value: string | ReadonlyArray<string> | undefined): boolean =>
  typeof value === "string" && value.split(",").some((it) => it.trim() === "gzip")

/** Reads a body, if it stays within the bound. */
const read = (
  request: IncomingMessage,
  maxBytes: number,
  {
    whole,
    tooLong
  }: {
    readonly whole: (parts: ReadonlyArray<Buffer>) => void
    readonly tooLong: (parts: ReadonlyArray<Buffer>) => void
  }
): void => {
  const parts: Array<Buffer> = []
  let size = 0
  const stop = () => {
    request.off("data", onData).off("end", onEnd)
  }
  const onEnd = () => {
    stop()
    whole(parts)
  }
  const onData = (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size <= maxBytes) return
    stop()
    request.pause()
    tooLong(parts)
  }
  request.on("data", onData).on("end", onEnd)
}

/** Answers whether it takes the request. */
export const make =
  ({
    maxBytes,
    start,
    errorOf,
    slow
  }: FastUnaryOptions): ((request: IncomingMessage, response: ServerResponse) => boolean) =>
  (request, response) => {
    const form = request.method === "POST" && request.url === path ? formOf(request) : undefined
    const timeoutMs = timeoutOf(request.headers)
    if (form === undefined || timeoutMs === "malformed") return false
    const contentType = request.headers["content-type"] ?? ""
    read(request, maxBytes, {
      tooLong: (parts) => slow(request, response, { parts, isWhole: false }),
      whole: (parts) => {
        const [only] = parts
        const message = form.message(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts))
        const command = message === undefined ? undefined : decoded(message)
        if (command === undefined) return slow(request, response, { parts, isWhole: true })
        const fiber = start(command, request)
        let ended: ConnectError | undefined
        const end = (why: ConnectError) => {
          ended = why
          fiber.interruptUnsafe()
        }
        const late =
          timeoutMs === undefined
            ? undefined
            : setTimeout(end, timeoutMs, new ConnectError("the operation timed out", Code.DeadlineExceeded))
        response.once("close", () => {
          clearTimeout(late)
          if (fiber.pollUnsafe() === undefined) end(new ConnectError("the call was cancelled", Code.Canceled))
        })
        fiber.addObserver((exit) => {
          clearTimeout(late)
          if (response.destroyed) return
          if (exit._tag === "Failure") return form.refuse(response, contentType, errorOf(exit, ended))
          // The fields of an answer are those of its message.
          const answer = toBinary(ExecuteCommandResponseSchema, {
            $typeName: ExecuteCommandResponseSchema.typeName,
            ...exit.value
          })
          if (answer.length < compressFrom || !takesGzip(request.headers[form.accepts])) {
            return form.answer(response, contentType, answer, false)
          }
          gzip(answer).then(
            (compressed) => form.answer(response, contentType, compressed, true),
            () => form.answer(response, contentType, answer, false)
          )
        })
      }
    })
    return true
  }
