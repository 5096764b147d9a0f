/** Answers in the envelope of errors by Node's own means, for what no route gets to see. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { type ApiErrorCode, body, type ReasonOf, statusOf } from "@galaxy/contract/api/ApiError"

export const refuse = <C extends ApiErrorCode>(
  request: IncomingMessage,
  response: ServerResponse,
  code: C,
  message: string,
  reason?: ReasonOf<C>
): void => {
  const text = JSON.stringify(body(code, message, reason))
  response.writeHead(statusOf[code], {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store"
  })
  response.end(request.method === "HEAD" ? undefined : text)
}
