/** A Galaxy behind a listener of Node: `node:http`, and what is built on it, such as Express. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import type { Server } from "node:net"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { type Hosts, hostsIn, hostsOf } from "@galaxy/host-node/http/hosts"
import { bodyOf, discard, type IncomingBody } from "./internal/incomingBody.ts"
import { bodyWasRead } from "./internal/requests.ts"

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

/** The path and query of a target; an absolute one's host has been checked by then. */
const pathOf = (target: string): string => {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "")
  if (path !== "" && !/^[/?]/.test(path)) throw new TypeError("the target is no path")
  return path.startsWith("/") ? path : `/${path}`
}

const requestOf = (incoming: IncomingMessage, body: IncomingBody | undefined, signal: AbortSignal): Request => {
  const { method, url = "/", headers } = incoming
  return new Request(`http://${headers.host ?? headers[":authority"]?.toString() ?? "localhost"}${pathOf(url)}`, {
    ...(method === undefined ? {} : { method }),
    headers: headersOf(incoming),
    signal,
    ...(body === undefined ? {} : { body: body.stream, duplex: "half" })
  })
}

/** Where the server listens, which tells under which names it can be reached; empty for a socket in the file system. */
const listensOn = ({ socket }: IncomingMessage): string => {
  const { server } = socket as typeof socket & { readonly server?: Server }
  const address = server?.address()
  if (typeof address === "string") return ""
  return address?.address ?? socket.localAddress?.replace(/^::ffff:/, "") ?? ""
}

/** What is wrong with the host that a request names: it names none, or another's. */
const hostProblem = (incoming: IncomingMessage, allowed: ReadonlyArray<string>): "invalid" | "foreign" | undefined => {
  const named = hostsIn(incoming)
  if ("problem" in named) return "invalid"
  const hosts: Hosts = hostsOf(listensOn(incoming), allowed)
  if (hosts.probesExempt && /^\/(?:healthz|readyz)(?:\?|$)/.test(incoming.url ?? "")) return undefined
  const names = named.names.length === 0 ? [""] : named.names
  return names.every(hosts.takes) ? undefined : "foreign"
}

const respond = async (answer: Response, response: ServerResponse): Promise<void> => {
  response.statusCode = answer.status
  response.setHeaders(answer.headers)
  if (answer.body === null) response.end()
  else await pipeline(Readable.from(answer.body), response)
}

const invalid = "the request names no valid host, path or method"

const fail = (response: ServerResponse, status: number, code: string, message: string, reason?: string): void => {
  response.writeHead(status, { "content-type": "application/json", connection: "close" })
  response.end(JSON.stringify({ error: { code, ...(reason === undefined ? {} : { reason }), message } }))
}

/** What answers requests of the Web: a Galaxy, or an app of Hono and others. */
export interface Fetches {
  readonly fetch: (request: Request) => Response | Promise<Response>
}

/** Limits of a listener. */
export interface NodeListenerOptions {
  /**
   * Host names, without ports, to which it answers. A server on a loopback address always answers to `localhost` and
   * loopback addresses, and to no others but these, so that no web page gets at it under a name of its own. Any other
   * server answers to these, or to every name when absent. Give the public name where a proxy passes it on.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/**
 * Answers every request that reaches it. Under a prefix it needs the prefix taken away, as Express' `use("/galaxy", …)`
 * does. Mount it before body parsers: a request whose body has been read is answered with 500 and a message that says
 * so. A request for a host that isn't this one is answered with 403.
 */
export const nodeListener = (galaxy: Fetches, options: NodeListenerOptions = {}): RequestListener => {
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (hasBody(incoming) && incoming.readableDidRead) {
      fail(response, 500, "internal_error", bodyWasRead)
      return
    }
    const { method } = incoming
    const body = method !== "GET" && method !== "HEAD" && hasBody(incoming) ? bodyOf(incoming) : undefined
    // Whatever of the request is left unread would hold up the next one on the connection.
    response.once("finish", () => {
      body?.abandon()
      discard(incoming)
    })
    const problem = hostProblem(incoming, options.allowedHosts ?? [])
    if (problem !== undefined) {
      if (problem === "invalid") fail(response, 400, "invalid_request", invalid)
      else fail(response, 403, "forbidden", "this service doesn't answer to that host name", "foreign_host")
      return
    }
    const gone = new AbortController()
    response.once("close", () => {
      if (!response.writableFinished) gone.abort()
    })
    let request: Request
    try {
      request = requestOf(incoming, body, gone.signal)
    } catch {
      fail(response, 400, "invalid_request", invalid)
      return
    }
    await respond(await galaxy.fetch(request), response)
  }
  return (incoming, response) => {
    // The client is gone: nobody is left to tell.
    handle(incoming, response).catch(() => response.destroy())
  }
}
