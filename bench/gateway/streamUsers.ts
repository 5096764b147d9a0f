/** The players of the measurements of streams: each has one session, all with the key of one device. */

const hex = (index: number) => index.toString(16).padStart(12, "0")

export const userOf = (index: number): string => `0190f7a2-6d3e-7c11-9a55-${hex(index)}`
export const sessionOf = (index: number): string => `0190f7a3-6d3e-7c11-9a55-${hex(index)}`

/** The user of a session. */
export const ownerOf = (sessionId: string): string => sessionId.replace("0190f7a3", "0190f7a2")

/** The number of a user or session. */
export const indexOf = (id: string): number => Number.parseInt(id.slice(-12), 16)

/** Now, in milliseconds, on a clock that all processes of this machine share and nobody sets. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6

/** A message behind its head of five bytes, uncompressed, as gRPC has it. */
export const framed = (message: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(5 + message.length)
  frame.writeUInt8(0, 0)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}

/** Cuts a stream of bytes into the messages of gRPC. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0)

  /** The messages that are complete with these bytes. */
  take(bytes: Buffer): ReadonlyArray<Buffer> {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const out: Array<Buffer> = []
    let at = 0
    while (all.length - at >= 5) {
      const end = at + 5 + all.readUInt32BE(at + 1)
      if (end > all.length) break
      out.push(all.subarray(at + 5, end))
      at = end
    }
    // Copied, so that it doesn't keep the whole chunk.
    this.#rest = at === all.length ? Buffer.alloc(0) : Buffer.from(all.subarray(at))
    return out
  }
}
