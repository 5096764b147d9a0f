/** Files on their way into the database and out of it: encoded and decoded, with their digests. */
import { Effect } from "effect"
import { Hex } from "effect/encoding"
import { StateCoding } from "./StateCoding.ts"
import { type PackedFile, type StateBytes, StateDamaged } from "./StateVault.ts"

/** SHA-256 in lower-case hex. */
export const sha256Of = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
    (hash) => Hex.encode(new Uint8Array(hash))
  )

/** The two ways, with the coding of the layer that asks for them. */
export const make = Effect.gen(function* () {
  const coding = yield* StateCoding

  const pack = Effect.fnUntraced(function* (
    { path, bytes }: StateBytes,
    revision: number = 0
  ): Effect.fn.Return<PackedFile> {
    const { encoding, body } = yield* coding.encode(bytes)
    return { path, revision, encoding, body, size: bytes.byteLength, sha256: yield* sha256Of(bytes) }
  })

  const unpack = Effect.fnUntraced(function* ({ path, encoding, body, size, sha256 }: Omit<PackedFile, "revision">) {
    const bytes = yield* Effect.mapError(
      coding.decode({ encoding, body }, size),
      ({ reason }) => new StateDamaged({ path, reason: `can't be read: ${reason}` })
    )
    if (bytes.byteLength !== size || (yield* sha256Of(bytes)) !== sha256) {
      return yield* new StateDamaged({ path, reason: "doesn't match its digest" })
    }
    return { path, bytes } satisfies StateBytes
  })

  return { pack, unpack }
})
