/**
 * Which host a request names, and whether this listener is it.
 *
 * A web page that makes its own name point at this machine (DNS rebinding) sends that name: a listener on loopback takes
 * the names of loopback and those that it was told of. Elsewhere the name isn't known, so that there is a list or none.
 */
import type { IncomingMessage } from "node:http"

export interface Hosts {
  /** Whether a request to this name is one to this listener. */
  readonly takes: (name: string) => boolean
  /** Probes come from balancers, which know an address and no name. */
  readonly probesExempt: boolean
}

const ipv4Loopback = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/** Whether an address that is listened on, or a name in a request, is one of this machine alone. */
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

/** Of a listener on this address: `names` are further hosts that it takes, without ports. */
export const hostsOf = (listensOn: string, names: ReadonlyArray<string> = []): Hosts => {
  const known = new Set(
    names.map((name) => plainName(name.includes(":") && !name.startsWith("[") ? `[${name}]` : name))
  )
  if (isLoopback(listensOn)) return { takes: (name) => isLoopback(name) || known.has(name), probesExempt: false }
  return { takes: (name) => known.size === 0 || known.has(name), probesExempt: true }
}

const authorityPattern = /^(\[[0-9a-f:.]+\][^\s:[\]@/?#\\,]*|[^\s:[\]@/?#\\,]+)(?::(\d{0,5}))?$/i

/** The name of `name:port`, in lower case and without a dot at its end; undefined where it is none. */
export const nameIn = (authority: string): string | undefined => {
  const [, name, port = ""] = authorityPattern.exec(authority) ?? []
  return name === undefined || Number(port) > 65_535 ? undefined : plainName(name)
}

const valuesOf = (rawHeaders: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

/** What is wrong with the hosts that a request names, or the names; several where it names them in several places. */
export type Named = { readonly problem: string } | { readonly names: ReadonlyArray<string> }

/** Of HTTP/1.0 alone there may be no name at all. */
export const hostsIn = (request: IncomingMessage): Named => {
  const hosts = valuesOf(request.rawHeaders, "host")
  if (hosts.length > 1) return { problem: "the request has more than one Host header" }
  const targets = valuesOf(request.rawHeaders, ":authority")
  // To a proxy, which this isn't: whoever reads the target believes what it says.
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
