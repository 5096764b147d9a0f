/** The network that a budget per address is counted for. */
import * as Address from "@galaxy/contract/net/Address"

/** Networks that were asked for lately: each request asks several times for its own. */
const known = new Map<string, string>()
const maxKnown = 1_024
/** No address is longer, so what is remembered is bounded. */
const longestAddress = 64

/** The /64 of an IPv6 address. An IPv4 address stands for itself, and so does a text that is no address. */
export const network = (address: string): string => {
  const found = known.get(address)
  if (found !== undefined) return found
  const of = Address.network(address) ?? address
  if (address.length > longestAddress) return of
  if (known.size >= maxKnown) known.clear()
  known.set(address, of)
  return of
}

/** The network that a peer counts for; undefined for one that is exempt from bounds by address. */
export const boundOf = (peer: { readonly ip: string; readonly exempt?: boolean | undefined }): string | undefined =>
  peer.exempt === true ? undefined : network(peer.ip)
