/** The network that a budget per address is counted for. */
import * as Address from "@galaxy/contract/net/Address"

/** The /64 of an IPv6 address. An IPv4 address stands for itself, and so does a text that is no address. */
export const network = (address: string): string => Address.network(address) ?? address
