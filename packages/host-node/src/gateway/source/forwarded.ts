/**
 * The client's address behind trusted proxies, from `X-Forwarded-For`.
 *
 * Each proxy appends the address that it saw, so the list is trusted from the right, and only as far as trusted proxies
 * wrote it: the first address that isn't theirs is the client, and everything left of it is the client's own claim.
 */
import { isIP } from "node:net"
import { plain } from "@galaxy/contract/net/Address"
import type { Networks } from "./Networks.ts"

/** More hops than any honest chain has; anything left of them is ignored. */
const maxHops = 16

/** An address, perhaps with a port or in brackets as proxies write them; undefined for anything else. */
const addressIn = (element: string): string | undefined => {
  const text = element.trim()
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^(\d[\d.]*):\d{1,5}$/.exec(text)?.[1] ?? text
  const address = plain(bare.split("%")[0] ?? "")
  return isIP(address) === 0 ? undefined : address
}

/** `peer` is whoever connected; its header counts only when it is a trusted proxy. */
export const clientOf = (peer: string, header: string | undefined, trusted: Networks): string => {
  if (header === undefined || !trusted.includes(peer)) return peer
  let client = peer
  for (const element of header.split(",").slice(-maxHops).toReversed()) {
    const address = addressIn(element)
    // No proxy writes this: the nearest known proxy answers for it.
    if (address === undefined) return client
    client = address
    if (!trusted.includes(client)) return client
  }
  return client
}
