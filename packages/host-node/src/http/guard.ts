/**
 * Stands before the routes of a listener of any protocol: requests to another host are refused, and so are changes
 * requested by web pages of other sites.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { type Hosts, hostsIn, nameIn } from "./hosts.ts"
import { refuse } from "./refuse.ts"

/** A handler of Node's requests; those of HTTP/2 come through its compatibility API. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Which hosts are answered, and whether pages of other sites are refused. */
export interface GuardOptions {
  readonly hosts: Hosts
  /**
   * Refuses all but reading where a browser says that the request comes from another site; for listeners that no page
   * calls.
   */
  readonly sameSiteWrites?: boolean
}

/** Of HTTP, and of gRPC. */
const probes: ReadonlySet<string | undefined> = new Set([
  "/healthz",
  "/readyz",
  "/grpc.health.v1.Health/Check",
  "/grpc.health.v1.Health/Watch"
])
const reads: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "OPTIONS"])

/** Browsers alone send these, and no page can change them. */
const isFromAnotherSite = ({ headers }: IncomingMessage, names: ReadonlyArray<string>): boolean => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return true
  const { origin } = headers
  if (origin === undefined) return false
  const from = /^https?:\/\/(.*)$/i.exec(origin)?.[1]
  const name = from === undefined ? undefined : nameIn(from)
  return name === undefined || !names.includes(name)
}

/** Answers a request that may not pass, and returns whether it did. */
const refused = (options: GuardOptions, request: IncomingMessage, response: ServerResponse): boolean => {
  const named = hostsIn(request)
  if ("problem" in named) {
    refuse(request, response, "invalid_request", named.problem)
    return true
  }
  const { hosts, sameSiteWrites = false } = options
  const exempt = hosts.probesExempt && probes.has(request.url?.split("?", 1)[0])
  // A client that names no host is let in only where every host is.
  const names = named.names.length === 0 ? [""] : named.names
  if (!exempt && !names.every(hosts.takes)) {
    refuse(request, response, "forbidden", "this service doesn't answer to that host name", "foreign_host")
    return true
  }
  if (sameSiteWrites && !reads.has(request.method) && isFromAnotherSite(request, names)) {
    refuse(request, response, "forbidden", "pages of other sites may not do this", "cross_site")
    return true
  }
  return false
}

/**
 * Answers `invalid_request` where the host is missing or malformed, and `forbidden` to another host or site; every
 * other request reaches the handler.
 */
export const guard =
  (options: GuardOptions, handler: Handler): Handler =>
  (request, response) => {
    if (!refused(options, request, response)) handler(request, response)
  }
