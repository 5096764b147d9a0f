/** `google.rpc.Status`, read field by field: 1 code, 2 message, 3 details, each a `google.protobuf.Any`. */

/** One detail of an error. */
export interface Detail {
  /** Without the prefix of its URL. */
  readonly type: string
  readonly value: Buffer
}

const varint = (bytes: Buffer, from: number): readonly [value: number, next: number] => {
  let value = 0
  for (let at = from, scale = 1; at < bytes.length; at++, scale *= 128) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return [value, at + 1]
  }
  throw new Error("a number ends too early")
}

/** Fields of the two kinds that are used: numbers, and bytes with a length. */
const fieldsOf = (bytes: Buffer): ReadonlyArray<readonly [field: number, value: number | Buffer]> => {
  const fields: Array<readonly [number, number | Buffer]> = []
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = varint(bytes, at)
    const [number, next] = varint(bytes, start)
    if ((tag & 7) === 0) {
      fields.push([tag >> 3, number])
      at = next
    } else if ((tag & 7) === 2 && next + number <= bytes.length) {
      fields.push([tag >> 3, bytes.subarray(next, next + number)])
      at = next + number
    } else throw new Error(`the status has a field of wire type ${tag & 7}`)
  }
  return fields
}

const detailOf = (bytes: Buffer): Detail => {
  const found = new Map(fieldsOf(bytes))
  const url = String(found.get(1) ?? "")
  const value = found.get(2)
  return { type: url.slice(url.lastIndexOf("/") + 1), value: Buffer.isBuffer(value) ? value : Buffer.alloc(0) }
}

/** Throws where the bytes are no status. */
export const statusIn = (bytes: Buffer) => {
  const fields = fieldsOf(bytes)
  const found = new Map(fields)
  return {
    code: Number(found.get(1) ?? 0),
    message: String(found.get(2) ?? ""),
    details: fields.flatMap(([field, value]) => (field === 3 && Buffer.isBuffer(value) ? [detailOf(value)] : []))
  }
}
