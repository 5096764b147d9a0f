/** The network that a budget per address is counted for. */
import * as Address from "@galaxy/contract/net/Address"

/** The /64 of an IPv6 address. An IPv4 address stands for itself, and so does a text that is no address. */
export const network = (address: string): string => Address.network(address) ?? address

/** The network that a peer counts for; undefined for one that is exempt from bounds by address. */
export const boundOf = (peer: { readonly ip: string; readonly exempt?: boolean | undefined }): string | undefined =>
  peer.exempt === true ? undefined : network(peer.ip)
