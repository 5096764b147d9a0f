/**
 * The network that a request comes from: one IPv4 address, or the 64-bit prefix that an IPv6 client has to itself.
 *
 * Every text has a network: a malformed or missing address belongs to the network `unknown`, which all such requests
 * share.
 */

/** The network of all requests whose address is missing or malformed. It has the same limits as any other. */
export const unknown = "unknown"

const decimal = /^(?:0|[1-9]\d{0,2})$/

const isIpv4 = (text: string): boolean => {
  const parts = text.split(".")
  return parts.length === 4 && parts.every((it) => decimal.test(it) && Number(it) <= 255)
}

/** The eight groups of an IPv6 address in its canonical spelling. */
const groupsOf = (canonical: string): ReadonlyArray<number> => {
  const [head = "", tail] = canonical.split("::")
  const read = (part: string) => (part === "" ? [] : part.split(":").map((it) => Number.parseInt(it, 16)))
  const before = read(head)
  const after = read(tail ?? "")
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0)
  return [...before, ...zeros, ...after]
}

const ofIpv6 = (address: string): string => {
  const url = `http://[${address}]/`
  if (!URL.canParse(url)) return unknown
  const groups = groupsOf(new URL(url).hostname.slice(1, -1))
  const [high = 0, low = 0] = groups.slice(6)
  // An IPv4 client has the same address whether or not the port that it came to also takes IPv6.
  if (groups.slice(0, 5).every((it) => it === 0) && groups[5] === 0xffff) {
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  return `${groups
    .slice(0, 4)
    .map((it) => it.toString(16))
    .join(":")}::/64`
}

/** The network of an address as the gateway reports it. */
export const of = (address: string | undefined): string => {
  const text = address?.trim().split("%")[0] ?? ""
  if (isIpv4(text)) return text
  return /^[0-9a-f:.]{2,45}$/i.test(text) && text.includes(":") ? ofIpv6(text) : unknown
}
