/**
 * Errors that Node finds before there is a request: broken framing, and heads that are too large or take too long.
 *
 * Over HTTP/1.1 the answer has the error envelope too. Where something was answered already, or nothing can be, the
 * connection just ends.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { type ApiErrorCode, body } from "@galaxy/contract/api/ApiError"
import type { Handler } from "./guard.ts"
import { refuse } from "./refuse.ts"

interface Answer {
  readonly status: string
  readonly code: ApiErrorCode
  readonly message: string
  /** Further lines of the head. */
  readonly headers?: ReadonlyArray<string>
}

const answers: Readonly<Record<string, Answer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    code: "invalid_request",
    message: "the request took too long to arrive"
  },
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    code: "invalid_request",
    message: "the head of the request is too large"
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: "413 Payload Too Large",
    code: "payload_too_large",
    message: "the extensions of the body's chunks are too large"
  }
}

const broken: Answer = { status: "400 Bad Request", code: "invalid_request", message: "this is not an HTTP request" }

const tunnel: Answer = {
  status: "405 Method Not Allowed",
  code: "method_not_allowed",
  message: "this server is not a proxy",
  // What it was to connect to has no method that works here.
  headers: ["Allow: "]
}

/** How long a client gets to read the answer before the connection is cut. */
const lingerMs = 1_000

const text = ({ status, code, message, headers = [] }: Answer): string => {
  const json = JSON.stringify(body(code, message))
  return [
    `HTTP/1.1 ${status}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(json)}`,
    "Connection: close",
    ...headers,
    "",
    json
  ].join("\r\n")
}

/** Node keeps the running answer at its connection, and gives no other way to it. */
interface Busy {
  readonly _httpMessage?: { readonly headersSent: boolean } | null
}

/** A server that speaks HTTP/1.1, by itself or beside HTTP/2. */
interface Speaker {
  on(event: "clientError", listener: (error: NodeJS.ErrnoException, socket: Duplex & Busy) => void): unknown
  on(event: "checkExpectation", listener: Handler): unknown
  on(event: "connect", listener: (request: IncomingMessage, other: Duplex | ServerResponse) => void): unknown
}

/** Ends a connection with an answer, once its client has had time to read it. */
const endWith = (socket: Duplex, answer: Answer): void => {
  socket.end(text(answer))
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once("close", () => {
    clearTimeout(cut)
  })
}

/** Gives Node's own answers a body in the error envelope, where nothing was answered yet. */
export const answerClientErrors = (server: object): void => {
  const speaker = server as Speaker
  speaker.on("clientError", (error, socket) => {
    if (!socket.writable || error.code === "ECONNRESET" || socket._httpMessage?.headersSent === true) socket.destroy()
    else endWith(socket, answers[error.code ?? ""] ?? broken)
  })
  speaker.on("checkExpectation", (request, response) => {
    refuse(request, response, "invalid_request", "the Expect header of the request can't be met")
  })
  speaker.on("connect", (request, other) => {
    // Over HTTP/2 it is a request like every other, with a response.
    if (other instanceof Socket)
      endWith(
        other.on("error", () => undefined),
        tunnel
      )
    else {
      const response = other as ServerResponse
      response.setHeader("allow", "")
      refuse(request, response, "method_not_allowed", tunnel.message)
    }
  })
}
