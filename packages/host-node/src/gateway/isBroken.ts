/** Whether there is still anybody to read from and to answer to, over HTTP/1.1 and HTTP/2. */
import type { IncomingMessage, ServerResponse } from "node:http"

interface OverHttp2 {
  readonly stream?: { readonly destroyed: boolean; readonly closed: boolean; readonly aborted: boolean }
}

/** Whether an answer can't be sent any more. To one whose stream is closed, though not yet cleared away, Node throws. */
export const isGone = (response: ServerResponse): boolean => {
  const { stream } = response as OverHttp2
  return response.destroyed || (stream !== undefined && (stream.destroyed || stream.closed))
}

/** Whether a request has broken off. Over HTTP/2 that still ends its body, after its stream is over. */
export const isBroken = (request: IncomingMessage, response: ServerResponse): boolean =>
  request.destroyed || isGone(response) || (request as OverHttp2).stream?.aborted === true
