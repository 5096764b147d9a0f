/**
 * Addresses of clients: one spelling for each, and whom a budget per address means.
 *
 * A client of IPv6 has a whole network of 64 bits to itself, so that a budget for each single address would be none.
 */

const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i

/** An IPv4 client has the same address whether or not the port that it came to also takes IPv6. */
export const plain = (address: string): string => mapped.exec(address)?.[1] ?? address

const groups = (part: string): ReadonlyArray<string> => (part === "" ? [] : part.split(":"))

/** The network of an IPv6 client; an IPv4 address is its own. */
export const network = (address: string): string => {
  const ip = plain(address)
  if (!ip.includes(":")) return ip
  const [head = "", tail] = ip.split("%")[0]?.split("::") ?? []
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0")
  const first = [...before, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4)
  return `${first.map((it) => it.toLowerCase().replace(/^0+(?=.)/, "")).join(":")}::/64`
}
