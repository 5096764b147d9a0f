/** Answers in the error envelope by Node's own means, for requests that reach no route. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { type ApiErrorCode, body, type ReasonOf, statusOf } from "@galaxy/contract/api/ApiError"

/** Answers with the status of `code` and forbids caching; a `HEAD` request gets no body. */
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
