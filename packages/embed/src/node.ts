/** A Galaxy behind a listener of Node: `node:http`, and what is built on it, such as Express. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"

const eaten =
  "the body of this request was read before it reached Galaxy: mount nodeListener before body parsers such as express.json()"

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

const headersOf = ({ rawHeaders }: IncomingMessage): Headers => {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ""
    // Those of HTTP/2 that aren't headers.
    if (!name.startsWith(":")) headers.append(name, rawHeaders[at + 1] ?? "")
  }
  return headers
}

const requestOf = (incoming: IncomingMessage, signal: AbortSignal): Request => {
  const { method = "GET", url = "/" } = incoming
  const readsBody = method !== "GET" && method !== "HEAD" && hasBody(incoming)
  const path = url.startsWith("/") ? url : new URL(url).href.slice(new URL(url).origin.length)
  return new Request(`http://${incoming.headers.host ?? "localhost"}${path}`, {
    method,
    headers: headersOf(incoming),
    signal,
    ...(readsBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" } : {})
  })
}

const respond = async (answer: Response, response: ServerResponse): Promise<void> => {
  response.statusCode = answer.status
  response.setHeaders(answer.headers)
  if (answer.body === null) response.end()
  else await pipeline(Readable.from(answer.body), response)
}

const fail = (response: ServerResponse, status: number, code: string, message: string): void => {
  response.writeHead(status, { "content-type": "application/json", connection: "close" })
  response.end(JSON.stringify({ error: { code, message } }))
}

/** What answers requests of the Web: a Galaxy, or an app of Hono and others. */
export interface Fetches {
  readonly fetch: (request: Request) => Response | Promise<Response>
}

/**
 * Answers every request that reaches it. Under a prefix it needs the prefix taken away, as Express' `use("/galaxy", …)`
 * does. Mount it before body parsers: a request whose body has been read is answered with 500 and a message that says
 * so.
 */
export const nodeListener = (galaxy: Fetches): RequestListener => {
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (hasBody(incoming) && incoming.readableDidRead) {
      fail(response, 500, "internal_error", eaten)
      return
    }
    const gone = new AbortController()
    response.once("close", () => {
      if (!response.writableFinished) gone.abort()
    })
    let request: Request
    try {
      request = requestOf(incoming, gone.signal)
    } catch {
      fail(response, 400, "invalid_request", "the request names no valid host, path or method")
      return
    }
    await respond(await galaxy.fetch(request), response)
  }
  return (incoming, response) => {
    // The client is gone: nobody is left to tell.
    handle(incoming, response).catch(() => response.destroy())
  }
}
