/**
 * The network that a request comes from: one IPv4 address, or the 64-bit prefix that an IPv6 client has to itself.
 *
 * Every text has a network: a malformed or missing address belongs to the network `unknown`, which all such requests
 * share.
 */
import * as Address from "@galaxy/contract/net/Address"

/** The network of all requests whose address is missing or malformed. It has the same limits as any other. */
export const unknown = "unknown"

/** The network of an address as the gateway reports it. */
export const of = (address: string | undefined): string => Address.network(address?.trim() ?? "") ?? unknown
