/**
 * Which host a request names, and whether this listener is it.
 *
 * A web page that makes its own name point at this machine (DNS rebinding) sends that name, so a listener on loopback
 * takes only the names of loopback and those configured. Elsewhere its names aren't known, so only a configured list
 * restricts them.
 */
import type { IncomingMessage } from "node:http"

/** The host names of one listener. */
export interface Hosts {
  /** Whether requests to this name are for this listener. */
  readonly takes: (name: string) => boolean
  /** Probes come from load balancers, which know an address but no name. */
  readonly probesExempt: boolean
}

const ipv4Loopback = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/** Whether a listening address, or a name in a request, belongs to this machine alone. */
export const isLoopback = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1")
  return name === "localhost" || name === "::1" || ipv4Loopback.test(name)
}

/** The host of a URL under which this machine reaches a listener on that address. */
export const urlHostOf = (listensOn: string): string => {
  if (listensOn === "0.0.0.0" || listensOn === "::") return "127.0.0.1"
  return listensOn.includes(":") ? `[${listensOn}]` : listensOn
}

const plainName = (name: string) => name.toLowerCase().replace(/\.$/, "")

/** The hosts of a listener on this address; `names` are further hosts that it takes, without ports. */
export const hostsOf = (listensOn: string, names: ReadonlyArray<string> = []): Hosts => {
  const known = new Set(
    names.map((name) => plainName(name.includes(":") && !name.startsWith("[") ? `[${name}]` : name))
  )
  if (isLoopback(listensOn)) return { takes: (name) => isLoopback(name) || known.has(name), probesExempt: false }
  return { takes: (name) => known.size === 0 || known.has(name), probesExempt: true }
}

const authorityPattern = /^(\[[0-9a-f:.]+\][^\s:[\]@/?#\\,]*|[^\s:[\]@/?#\\,]+)(?::(\d{0,5}))?$/i

/** The name of `name:port`, in lower case and without a trailing dot; undefined where it isn't valid. */
export const nameIn = (authority: string): string | undefined => {
  const [, name, port = ""] = authorityPattern.exec(authority) ?? []
  return name === undefined || Number(port) > 65_535 ? undefined : plainName(name)
}

/** Whether requests whose only host is `name:port` are for this listener. The last that was is remembered. */
export const takesAuthority = ({ takes }: Hosts): ((authority: string) => boolean) => {
  let taken: string | undefined
  return (authority) => {
    if (authority === taken) return true
    const name = nameIn(authority)
    if (name === undefined || !takes(name)) return false
    taken = authority
    return true
  }
}

const valuesOf = (rawHeaders: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

/** The names in a request, or what is wrong with them; there may be several where it names them in several places. */
export type Named = { readonly problem: string } | { readonly names: ReadonlyArray<string> }

/** The hosts that a request names. Only an HTTP/1.0 request may name none. */
export const hostsIn = (request: IncomingMessage): Named => {
  const hosts = valuesOf(request.rawHeaders, "host")
  if (hosts.length > 1) return { problem: "the request has more than one Host header" }
  const targets = valuesOf(request.rawHeaders, ":authority")
  // An absolute target is meant for proxies, which this isn't, but whoever reads it believes what it says.
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(request.url ?? "")?.[1]
  const given = [...hosts, ...targets, ...(absolute === undefined ? [] : [absolute])]
  if (given.length === 0 && (request.httpVersionMajor > 1 || request.httpVersionMinor > 0)) {
    return { problem: "the request names no host" }
  }
  const names = given.map(nameIn)
  const valid = names.filter((name) => name !== undefined)
  if (valid.length < names.length) return { problem: "the request names no valid host" }
  return new Set(valid).size > 1 ? { problem: "the request names several hosts" } : { names: valid }
}
