/** The two forms of a call that are read and answered without the library: gRPC over HTTP/2, and Connect's unary calls. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { ConnectError } from "@connectrpc/connect"
import { codeToHttpStatus, errorToJsonBytes } from "@connectrpc/connect/protocol-connect"
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc"
import type { TimeoutHeader } from "./timeouts.ts"

/** How a protocol frames its message, and how it says what became of it. */
export interface Form {
  /** The message in a whole body; undefined where that isn't exactly one uncompressed message. */
  readonly message: (body: Buffer) => Buffer | undefined
  /** The header in which a client says how it may be compressed. */
  readonly accepts: string
  /** The header of its deadline. */
  readonly timeout: TimeoutHeader
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
  timeout: "grpc-timeout",
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
  timeout: "connect-timeout-ms",
  answer: (response, contentType, message, isCompressed) => {
    response.setHeader("content-type", contentType)
    response.setHeader("content-length", message.length)
    if (isCompressed) response.setHeader("content-encoding", "gzip")
    response.end(message)
  },
  refuse: (response, _, error) => {
    const json = errorToJsonBytes(error, undefined)
    response.statusCode = codeToHttpStatus(error.code)
    for (const [name, value] of error.metadata) response.setHeader(name, value)
    response.setHeader("content-type", "application/json")
    response.setHeader("content-length", json.length)
    response.end(json)
  }
}

/** The form that a request's head says; undefined where it is none of these. */
export const formOf = ({ headers, httpVersionMajor }: IncomingMessage): Form | undefined => {
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
