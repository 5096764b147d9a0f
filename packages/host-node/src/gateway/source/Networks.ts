/** Sets of networks in CIDR notation. An IPv4 address is the same in its plain form and mapped into IPv6. */
import { BlockList, isIP } from "node:net"
import { plain } from "@galaxy/contract/net/Address"

/** A set of networks, with addresses in any spelling. */
export interface Networks {
  /** False for anything that isn't an address. */
  readonly includes: (address: string) => boolean
}

const bitsOf = { 4: 32, 6: 128 } as const

/**
 * Address and prefix length of one network, where a single address is a network of one; undefined for anything else.
 */
export const parse = (text: string): { readonly address: string; readonly prefix: number } | undefined => {
  const [written = "", length, ...more] = text.trim().split("/")
  const address = plain(written)
  const family = isIP(address)
  if ((family !== 4 && family !== 6) || more.length > 0 || address.includes("%")) return undefined
  const bits = bitsOf[family]
  if (length === undefined) return { address, prefix: bits }
  // The prefix of ::ffff:192.0.2.0/120 counts bits of IPv6.
  const prefix = Number(length) - (address === written ? 0 : 96)
  return /^\d{1,3}$/.test(length) && prefix >= 0 && prefix <= bits ? { address, prefix } : undefined
}

/** The set of the listed networks. Throws where `parse` returns undefined: settings have been checked before. */
export const of = (list: ReadonlyArray<string>): Networks => {
  const blocks = new BlockList()
  for (const text of list) {
    const network = parse(text)
    if (network === undefined) throw new Error(`${text} is not a network such as 192.0.2.0/24 or 2001:db8::/32`)
    blocks.addSubnet(network.address, network.prefix, network.address.includes(":") ? "ipv6" : "ipv4")
  }
  if (list.length === 0) return { includes: () => false }
  return {
    includes: (written) => {
      const address = plain(written).split("%")[0] ?? ""
      const family = isIP(address)
      return family !== 0 && blocks.check(address, family === 6 ? "ipv6" : "ipv4")
    }
  }
}
