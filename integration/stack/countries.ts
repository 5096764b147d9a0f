/** Makes a database of countries in the format of MaxMind (mmdb), for networks that no published database knows. */

/** A network such as `172.18.0.0/16`, and the country that its addresses are to have (ISO 3166-1 alpha-2). */
export interface CountryOf {
  readonly network: string
  readonly country: string
}

type Node = [Node | number | undefined, Node | number | undefined]

/** Control bytes of the format: the type in the upper three bits, the length in the lower five. */
const control = (type: number, size: number) => Buffer.from([(type << 5) | size])
const text = (value: string) => Buffer.concat([control(2, value.length), Buffer.from(value, "utf8")])
const map = (entries: ReadonlyArray<readonly [string, Buffer]>) =>
  Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, value]) => [text(key), value])])

/** An unsigned number of 16, 32 or 64 bits; the last type is an extended one, whose number is in a byte of its own. */
const number = (bits: 16 | 32 | 64, value: number) => {
  const bytes: Array<number> = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  const head = bits === 64 ? Buffer.from([bytes.length, 9 - 7]) : control(bits === 16 ? 5 : 6, bytes.length)
  return Buffer.concat([head, Buffer.from(bytes)])
}

const emptyList = Buffer.from([0, 11 - 7])

const bitsOf = (network: string) => {
  const [address = "", length = "32"] = network.split("/")
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  return Array.from({ length: Number(length) }, (_, place) => (Math.floor(value / 2 ** (31 - place)) % 2 === 1 ? 1 : 0))
}

/** The bytes of the file. Networks are IPv4 and must not overlap. */
export const countries = (known: ReadonlyArray<CountryOf>): Buffer => {
  const root: Node = [undefined, undefined]
  const data: Array<Buffer> = []
  let offset = 0
  for (const { country, network } of known) {
    const bits = bitsOf(network)
    const last = bits.pop() ?? 0
    let node = root
    for (const bit of bits) {
      const next = node[bit]
      if (typeof next === "number") throw new Error(`${network} overlaps another network`)
      node[bit] = next ?? [undefined, undefined]
      node = node[bit]
    }
    node[last] = offset
    const record = map([["country", map([["iso_code", text(country)]])]])
    data.push(record)
    offset += record.length
  }
  const nodes: Array<Node> = []
  const visit = (node: Node) => {
    nodes.push(node)
    for (const side of node) if (Array.isArray(side)) visit(side)
  }
  visit(root)
  const places = new Map(nodes.map((node, place) => [node, place]))
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [place, node] of nodes.entries()) {
    for (const [side, value] of node.entries()) {
      // A record is the place of a node, the count of nodes for "nothing known", or data after a separator of 16 bytes.
      const record =
        value === undefined
          ? nodes.length
          : typeof value === "number"
            ? nodes.length + 16 + value
            : (places.get(value) ?? nodes.length)
      tree.writeUIntBE(record, place * 6 + side * 3, 3)
    }
  }
  const metadata = map([
    ["node_count", number(32, nodes.length)],
    ["record_size", number(16, 24)],
    ["ip_version", number(16, 4)],
    ["database_type", text("GeoLite2-Country")],
    ["languages", emptyList],
    ["binary_format_major_version", number(16, 2)],
    ["binary_format_minor_version", number(16, 0)],
    ["build_epoch", number(64, 1_700_000_000)],
    ["description", map([])]
  ])
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from("\xab\xcd\xefMaxMind.com", "latin1"), metadata])
}
