/**
 * Addresses of clients: one spelling for each, and the network that a budget per address is counted for.
 *
 * An IPv6 client has a whole /64 to itself, so a budget per single address would limit nobody.
 */

const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i

/** The plain form of an IPv4 address mapped into IPv6: a client has one address whichever family its port speaks. */
export const plain = (address: string): string => mapped.exec(address)?.[1] ?? address

const groups = (part: string): ReadonlyArray<string> => (part === "" ? [] : part.split(":"))

/** The /64 of an IPv6 address; an IPv4 address stands for itself. */
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
