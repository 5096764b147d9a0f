/** The two forms of a call that are read and answered without the library: gRPC over HTTP/2, and Connect's unary calls. */
import type { IncomingHttpHeaders } from "node:http"
import type { ConnectError } from "@connectrpc/connect"
import { codeToHttpStatus, errorToJsonBytes } from "@connectrpc/connect/protocol-connect"
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc"
import { frameHead, messageIn, withHead } from "../http/grpcFrame.ts"
import type { TimeoutHeader } from "./timeouts.ts"

/** A whole answer, before it is known how it is sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Uint8Array
  /** Sent behind the body, also behind an empty one. */
  readonly trailers: Readonly<Record<string, string>> | undefined
}

/** How a protocol frames its message, and how it says what became of it. */
export interface UnaryForm {
  /** The message in a whole body; undefined where that isn't exactly one uncompressed message. */
  readonly message: (body: Buffer) => Buffer | undefined
  /** Whether these first bytes are the whole body, as far as its head and they themselves tell. */
  readonly isWhole: (first: Buffer, headers: IncomingHttpHeaders) => boolean
  /** The header in which a client says how it may be compressed. */
  readonly accepts: string
  /** The header of its deadline. */
  readonly timeout: TimeoutHeader
  /** Bytes before the message of an answer, which `answer` fills in. */
  readonly room: number
  readonly answer: (contentType: string, roomAndMessage: Buffer, isCompressed: boolean) => Reply
  readonly refuse: (contentType: string, error: ConnectError) => Reply
}

const nothing = new Uint8Array()
const succeeded = { "grpc-status": "0" }

const grpc: UnaryForm = {
  message: messageIn,
  isWhole: (first) => messageIn(first) !== undefined,
  accepts: "grpc-accept-encoding",
  timeout: "grpc-timeout",
  room: frameHead,
  answer: (contentType, frame, isCompressed) => {
    const headers: Record<string, string> = { "content-type": contentType }
    if (isCompressed) headers["grpc-encoding"] = "gzip"
    return { status: 200, headers, body: withHead(frame, isCompressed ? 1 : 0), trailers: succeeded }
  },
  refuse: (contentType, error) => {
    const trailers = new Headers()
    setTrailerStatus(trailers, error)
    return {
      status: 200,
      headers: { "content-type": contentType },
      body: nothing,
      trailers: Object.fromEntries(trailers)
    }
  }
}

const connect: UnaryForm = {
  message: (body) => body,
  isWhole: (first, headers) => headers["content-length"] === String(first.length),
  accepts: "accept-encoding",
  timeout: "connect-timeout-ms",
  room: 0,
  answer: (contentType, message, isCompressed) => {
    const headers: Record<string, string | number> = { "content-type": contentType, "content-length": message.length }
    if (isCompressed) headers["content-encoding"] = "gzip"
    return { status: 200, headers, body: message, trailers: undefined }
  },
  refuse: (_, error) => {
    const json = errorToJsonBytes(error, undefined)
    return {
      status: codeToHttpStatus(error.code),
      headers: {
        ...Object.fromEntries(error.metadata),
        "content-type": "application/json",
        "content-length": json.length
      },
      body: json,
      trailers: undefined
    }
  }
}

/** The form that a request's head says; undefined where it is none of these. */
export const unaryFormOf = (headers: IncomingHttpHeaders, httpVersionMajor: number): UnaryForm | undefined => {
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
