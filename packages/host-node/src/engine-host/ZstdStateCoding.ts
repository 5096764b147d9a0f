/** State files in the database, compressed by zstd: the galaxy and the log of a turn shrink to about a tenth. */
import { promisify } from "node:util"
// As a whole: `galaxy-admin` also runs on a Node that doesn't have zstd yet.
import * as zlib from "node:zlib"
import { plain, StateCoding, StateCodingFailed } from "@galaxy/core/runtime/vault/StateCoding"
import { Effect, Layer } from "effect"

const compress = (bytes: Uint8Array) =>
  promisify(zlib.zstdCompress)(bytes, { params: { [zlib.constants.ZSTD_c_compressionLevel]: level } })

const zstd = "zstd"

/** Fast enough that it costs a turn nothing: 15 ms for the largest games. */
const level = 3

const bytesOf = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)

/** Bodies that don't get smaller are stored as they are. Reads both, whatever was written before. */
export const layer: Layer.Layer<never> = Layer.succeed(StateCoding, {
  encode: (bytes) =>
    Effect.map(
      Effect.promise(() => compress(bytes)),
      (body) =>
        body.byteLength < bytes.byteLength ? { encoding: zstd, body: bytesOf(body) } : { encoding: plain, body: bytes }
    ),
  decode: ({ encoding, body }, size) => {
    if (encoding === plain) return Effect.succeed(body)
    if (encoding !== zstd) {
      return Effect.fail(new StateCodingFailed({ reason: `this program can't read the encoding ${encoding}` }))
    }
    if ((zlib.zstdDecompress as unknown) === undefined) {
      return Effect.fail(new StateCodingFailed({ reason: "zstd can be read only by Node 22.15 and newer" }))
    }
    return Effect.tryPromise({
      // One byte more than it may have, so that a body that is too long is noticed and never unpacked.
      try: () => promisify(zlib.zstdDecompress)(body, { maxOutputLength: size + 1 }),
      catch: () => new StateCodingFailed({ reason: "it isn't valid zstd of that size" })
    }).pipe(Effect.map(bytesOf))
  }
})
