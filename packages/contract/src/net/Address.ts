/**
 * Addresses of clients: one spelling for each, and the network that limits per address are counted for.
 *
 * An IPv4 address mapped into IPv6 is that IPv4 address, in every spelling: a client has one address whichever family
 * its port speaks. An IPv6 client has a whole /64 to itself, so a limit per single address would limit nobody.
 */

const decimal = /^(?:0|[1-9]\d{0,2})$/
const hexadecimal = /^[0-9a-f]{1,4}$/i

/** The four bytes of an IPv4 address; undefined for anything else. */
const bytesOf = (text: string): ReadonlyArray<number> | undefined => {
  const parts = text.split(".")
  return parts.length === 4 && parts.every((it) => decimal.test(it) && Number(it) <= 255)
    ? parts.map(Number)
    : undefined
}

/** The groups of a part of an IPv6 address that has no `::`; only the last may be in IPv4's form. */
const groupsIn = (part: string, isLast: boolean): ReadonlyArray<number> | undefined => {
  const groups: Array<number> = []
  const texts = part === "" ? [] : part.split(":")
  for (const [index, text] of texts.entries()) {
    const bytes = isLast && index === texts.length - 1 ? bytesOf(text) : undefined
    if (bytes !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = bytes
      groups.push(a * 256 + b, c * 256 + d)
    } else if (hexadecimal.test(text)) groups.push(Number.parseInt(text, 16))
    else return undefined
  }
  return groups
}

/** The eight groups of an IPv6 address; undefined for anything else. */
const groupsOf = (text: string): ReadonlyArray<number> | undefined => {
  const [head = "", tail, ...more] = text.split("::")
  const before = groupsIn(head, tail === undefined)
  const after = groupsIn(tail ?? "", true)
  if (before === undefined || after === undefined || more.length > 0) return undefined
  const missing = 8 - before.length - after.length
  if (tail === undefined) return missing === 0 ? before : undefined
  return missing < 1 ? undefined : [...before, ...Array.from({ length: missing }, () => 0), ...after]
}

/** The IPv4 address that the groups of an IPv6 address map; undefined where they map none. */
const mapped = (groups: ReadonlyArray<number>): string | undefined => {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((it) => it !== 0)) return undefined
  const [high = 0, low = 0] = groups.slice(6)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

const maxLength = 45

const groupsOfBounded = (address: string): ReadonlyArray<number> | undefined => {
  const [text = ""] = address.split("%")
  return text.length <= maxLength && text.includes(":") ? groupsOf(text) : undefined
}

/** The plain form of a mapped IPv4 address. Everything else stays as it is. */
export const plain = (address: string): string => {
  const groups = groupsOfBounded(address)
  return (groups && mapped(groups)) ?? address
}

/** The /64 of an IPv6 address, or an IPv4 address by itself; undefined for anything else. */
export const network = (address: string): string | undefined => {
  if (!address.includes(":")) return bytesOf(address) && address
  const groups = groupsOfBounded(address)
  if (groups === undefined) return undefined
  const prefix = groups.slice(0, 4).map((it) => it.toString(16))
  return mapped(groups) ?? `${prefix.join(":")}::/64`
}
