/**
 * The answer to a request that is refused unread: `rate_limited`, in the form of the request's protocol.
 *
 * Made from the head of the request alone, once per form and waiting time, so that refusing costs next to nothing.
 */
import type { ConnectError } from "@connectrpc/connect"
import { codeToHttpStatus, endStreamToJson, errorToJson } from "@connectrpc/connect/protocol-connect"
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc"
import { body as restBody, statusOf } from "@galaxy/contract/api/ApiError"

/** A complete answer, shared by all requests that get the same one. */
export interface HttpRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What the form of a refusal depends on. */
export interface Head {
  readonly isRpc: boolean
  readonly contentType: string | undefined
  /** The page that asks, if it is one. */
  readonly origin?: string | undefined
}

type Form = "rest" | "grpc" | "connect" | "connect stream"

const formOf = ({ contentType = "", isRpc }: Head): Form => {
  if (!isRpc) return "rest"
  if (contentType.startsWith("application/grpc")) return "grpc"
  return contentType.startsWith("application/connect+") ? "connect stream" : "connect"
}

const utf8 = new TextEncoder()
const json = (value: unknown) => utf8.encode(JSON.stringify(value))

/** The end of a Connect stream: a flag, the length and the error. */
const endOfStream = (error: ConnectError): Uint8Array => {
  const message = utf8.encode(JSON.stringify(endStreamToJson(error.metadata, error, undefined)))
  const bytes = new Uint8Array(5 + message.length)
  bytes[0] = 0b10
  new DataView(bytes.buffer).setUint32(1, message.length)
  bytes.set(message, 5)
  return bytes
}

const nothing = new Uint8Array()

const make = (form: Form, contentType: string, error: ConnectError, retryAfterMs: number): HttpRefusal => {
  switch (form) {
    case "rest":
      return {
        status: statusOf.rate_limited,
        headers: {
          "content-type": "application/json",
          "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000)))
        },
        body: json(restBody("rate_limited", "too many requests"))
      }
    case "grpc": {
      // Headers only, with what trailers would say: the short form of an error in gRPC and gRPC-Web.
      const trailer = new Headers()
      setTrailerStatus(trailer, error)
      return { status: 200, headers: { ...Object.fromEntries(trailer), "content-type": contentType }, body: nothing }
    }
    case "connect stream":
      return { status: 200, headers: { "content-type": contentType }, body: endOfStream(error) }
    case "connect":
      return {
        status: codeToHttpStatus(error.code),
        headers: { ...Object.fromEntries(error.metadata), "content-type": "application/json" },
        body: json(errorToJson(error, undefined))
      }
  }
}

/** The answer that tells of an error in the form of a call's protocol. */
export const inProtocol = (head: Head, error: ConnectError): HttpRefusal =>
  make(formOf(head), head.contentType ?? "", error, 0)

/** How many answers are remembered; content types are the client's to choose. */
const maxRemembered = 64

/** `errorFor` makes the contract's error; it is called once for each form of answer. */
export const refusals = (errorFor: (retryAfterMs: number) => ConnectError) => {
  const made = new Map<string, HttpRefusal>()
  return (head: Head, retryAfterMs: number): HttpRefusal => {
    const form = formOf(head)
    const contentType = head.contentType?.slice(0, 64) ?? ""
    const key = `${form} ${retryAfterMs} ${contentType}`
    const known = made.get(key)
    if (known !== undefined) return known
    const answer = make(form, contentType, errorFor(retryAfterMs), retryAfterMs)
    if (made.size >= maxRemembered) made.clear()
    made.set(key, answer)
    return answer
  }
}
