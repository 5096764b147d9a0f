/**
 * Which servers a list of URLs means. A name that has several addresses of one kind stands for as many servers.
 *
 * A name with one address, or with one of each kind, is one server: whoever connects looks it up again each time, and tries
 * both kinds.
 */
import type { LookupAddress } from "node:dns"
import { isIP, type LookupFunction } from "node:net"

/** One server. Two of the same `name` are the same server. */
export interface Endpoint {
  readonly url: string
  /** The address to connect to; undefined where the URL says it. */
  readonly address: LookupAddress | undefined
  /** For the log: the origin, with the address in place of the host's name where that decides. */
  readonly name: string
}

/** More servers than this of all URLs together are left alone. */
export const mostEndpoints = 32

const named = (url: URL, address: LookupAddress | undefined): string => {
  if (address === undefined) return url.origin
  const host = address.family === 6 ? `[${address.address}]` : address.address
  return `${url.protocol}//${host}${url.port === "" ? "" : `:${url.port}`}`
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "")

/** Those of the kind that the system puts first, where they are several. */
const several = (found: ReadonlyArray<LookupAddress>): ReadonlyArray<LookupAddress> | undefined => {
  const kind = found.filter(({ family }) => family === found[0]?.family)
  return kind.length > 1 ? kind : undefined
}

const addressesOf = (host: string, lookup: LookupFunction): Promise<ReadonlyArray<LookupAddress> | undefined> =>
  new Promise((resolve) => {
    if (isIP(host) !== 0) return resolve([])
    lookup(host, { all: true }, (error, found) => resolve(error === null && Array.isArray(found) ? found : undefined))
  })

/**
 * The servers of all URLs, in the order of the URLs. Where a name can't be looked up now, those of `before` stay, or the
 * URL stands for one server. Never rejects.
 */
export const endpointsOf = async (
  urls: ReadonlyArray<string>,
  lookup: LookupFunction,
  before: ReadonlyArray<Endpoint> = []
): Promise<ReadonlyArray<Endpoint>> => {
  const each = await Promise.all(
    urls.map(async (url): Promise<ReadonlyArray<Endpoint>> => {
      const parsed = new URL(url)
      const one = { url, address: undefined, name: named(parsed, undefined) }
      const found = await addressesOf(hostOf(parsed), lookup)
      if (found === undefined) {
        const known = before.filter((it) => it.url === url)
        return known.length > 0 ? known : [one]
      }
      return several(found)?.map((address) => ({ url, address, name: named(parsed, address) })) ?? [one]
    })
  )
  const byName = new Map(each.flat().map((it) => [it.name, it] as const))
  return [...byName.values()].slice(0, mostEndpoints)
}
