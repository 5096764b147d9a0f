/**
 * Calls that are refused by their head alone, whatever their message says: paths that aren't there, methods and content types
 * of HTTP that no call has, and gRPC over a version of HTTP that can't carry it.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Code, ConnectError } from "@connectrpc/connect"
import { contentTypeStreamRegExp, contentTypeUnaryRegExp } from "@connectrpc/connect/protocol-connect"
import { contentTypeRegExp as grpcRegExp } from "@connectrpc/connect/protocol-grpc"
import { contentTypeRegExp as grpcWebRegExp } from "@connectrpc/connect/protocol-grpc-web"
import { type ApiErrorCode, body } from "@galaxy/contract/api/ApiError"
import { refuse } from "../http/refuse.ts"
import { answer } from "./bounds/Admission.ts"
import { inProtocol } from "./bounds/refusal.ts"
import { encoded, isEncoded, isFramed } from "./contentEncoding.ts"

/** What a method takes and gives: one message each, or a stream on either side. */
export type CallKind = "unary" | "stream"

const plain = (
  response: ServerResponse,
  status: number,
  { code, headers = {}, message }: { code: ApiErrorCode; message: string; headers?: Readonly<Record<string, string>> }
) => {
  const text = JSON.stringify(body(code, message))
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...headers
  })
  response.end(text)
}

const common = ["application/grpc", "application/grpc+proto", "application/grpc+json"]
const web = ["application/grpc-web", "application/grpc-web+proto", "application/grpc-web+json"]
const accepted: { readonly [K in CallKind]: string } = {
  unary: ["application/proto", "application/json", ...common, ...web].join(", "),
  stream: ["application/connect+proto", "application/connect+json", ...common, ...web].join(", ")
}

const isOfCall = (contentType: string, kind: CallKind): boolean =>
  [kind === "unary" ? contentTypeUnaryRegExp : contentTypeStreamRegExp, grpcRegExp, grpcWebRegExp].some((it) =>
    it.test(contentType)
  )

const rpcPath = /^\/[A-Za-z]\w*(\.[A-Za-z]\w*)+\/[A-Za-z]\w*$/

/** Whether a request is a call of some service, going by the form of its path and by its content type. */
export const isCall = ({ headers, method, url = "" }: IncomingMessage): boolean => {
  const contentType = headers["content-type"] ?? ""
  return (
    method === "POST" &&
    rpcPath.test(url.split("?", 1)[0] ?? "") &&
    (isOfCall(contentType, "unary") || isOfCall(contentType, "stream"))
  )
}

/** Answers a call of a method that isn't there, in the form of its protocol. */
export const refuseUnknown = (request: IncomingMessage, response: ServerResponse): void => {
  if (!isCall(request)) {
    refuse(request, response, "not_found", "there is no such path")
    return
  }
  const contentType = request.headers["content-type"]
  const error = new ConnectError("there is no such method", Code.Unimplemented)
  const refusal = inProtocol({ isRpc: true, contentType }, error)
  // Of Connect's unary calls the status says it too, as that of any path that isn't there.
  answer(response, refusal.status === 200 ? refusal : { ...refusal, status: 404 })
}

/**
 * Answers a call of a known method whose head makes it none, and returns whether it did. A browser's preflight never comes
 * here.
 */
export const refusedByHead = (request: IncomingMessage, response: ServerResponse, kind: CallKind): boolean => {
  const contentType = request.headers["content-type"] ?? ""
  if (request.method !== "POST") {
    plain(response, 405, { code: "method_not_allowed", message: "calls are POST requests", headers: { allow: "POST" } })
  } else if (!isOfCall(contentType, kind)) {
    const headers = { "accept-post": accepted[kind] }
    plain(response, 415, { code: "unsupported_media_type", message: `send ${accepted[kind]}`, headers })
  } else if (request.httpVersionMajor === 1 && grpcRegExp.test(contentType)) {
    // Clients that wait for HTTP/2 would take the connection for one.
    plain(response, 505, { code: "invalid_request", message: "gRPC needs HTTP/2", headers: { connection: "close" } })
  } else if (isFramed(request) && isEncoded(request)) refuse(request, response, ...encoded)
  else return false
  return true
}
