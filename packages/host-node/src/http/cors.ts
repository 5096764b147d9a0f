/**
 * Which pages of other origins may call, by a list (CORS).
 *
 * An origin that isn't on it gets no header, and its browser keeps the answer from the page. No origin ever gets `*`, and
 * none may send cookies or passwords: a call proves itself by its signature alone.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http"
import type { Handler } from "./guard.ts"

/** What the calls of a page may carry, beyond what browsers let every page send. */
const requestHeaders = [
  "content-type",
  "connect-protocol-version",
  "connect-timeout-ms",
  "connect-accept-encoding",
  "connect-content-encoding",
  "grpc-timeout",
  "grpc-accept-encoding",
  "grpc-encoding",
  "x-grpc-web",
  "x-user-agent",
  "traceparent",
  "tracestate"
].join(", ")

/** What a page may read of an answer, beyond what browsers show every page. */
const exposed = [
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "grpc-encoding",
  "connect-content-encoding",
  "content-encoding",
  "retry-after",
  "x-request-id",
  "allow",
  "accept-post"
].join(", ")

/** How long a browser may go by a preflight's answer, in seconds; Chromium's bound. */
const keptSeconds = 7_200

const methods = "GET, HEAD, POST"

/** A list of origins, ready to be looked at. */
export interface Cors {
  /** A ready answer with the headers for a page of this origin; without a list the very same. */
  readonly withHeaders: <A extends { readonly headers: Readonly<Record<string, string>> }>(
    answer: A,
    origin: string | undefined
  ) => A
  /** Answers preflights of listed origins, and has the answers to them carry the headers, on paths that `calls` names. */
  readonly around: (calls: (path: string) => boolean, handler: Handler) => Handler
}

const isPreflight = ({ headers, method }: IncomingMessage): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined

/** Lets in pages of these origins, such as `https://play.example.org`; with none everything stays as it is. */
export const make = (origins: ReadonlyArray<string>): Cors => {
  const listed = new Set(origins)
  const isListed = (origin: string | undefined): origin is string => origin !== undefined && listed.has(origin)
  // Caches between must not give one origin's answer to another.
  const others = { vary: "Origin" }
  /** What an answer to a page of this origin says of it. */
  const headersOf = (origin: string | undefined): Readonly<Record<string, string>> =>
    isListed(origin)
      ? { ...others, "access-control-allow-origin": origin, "access-control-expose-headers": exposed }
      : others
  const preflight = (origin: string): OutgoingHttpHeaders => ({
    vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    "access-control-allow-origin": origin,
    "access-control-allow-methods": methods,
    "access-control-allow-headers": requestHeaders,
    "access-control-max-age": String(keptSeconds)
  })
  return {
    withHeaders: (answer, origin) =>
      listed.size === 0 ? answer : { ...answer, headers: { ...answer.headers, ...headersOf(origin) } },
    around: (calls, handler) =>
      listed.size === 0
        ? handler
        : (request, response) => {
            const { origin } = request.headers
            if (calls(request.url?.split("?", 1)[0] ?? "")) {
              if (isListed(origin) && isPreflight(request)) {
                response.writeHead(204, preflight(origin))
                response.end()
                return
              }
              for (const [name, value] of Object.entries(headersOf(origin))) response.setHeader(name, value)
            }
            handler(request, response)
          }
  }
}
