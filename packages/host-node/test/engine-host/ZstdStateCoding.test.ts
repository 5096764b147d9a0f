import { StateCoding } from "@galaxy/core/runtime/vault/StateCoding"
import * as ZstdStateCoding from "@galaxy/host-node/engine-host/ZstdStateCoding"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"

const bytes = new TextEncoder().encode(JSON.stringify(Array.from({ length: 1000 }, (_, planet) => ({ planet }))))
const noise = crypto.getRandomValues(new Uint8Array(500))

layer(ZstdStateCoding.layer)("the coding of state files", (it) => {
  it.effect("gives back what it was given, of any size", () =>
    Effect.gen(function* () {
      const coding = yield* StateCoding
      for (const given of [bytes, noise, new Uint8Array(0)]) {
        const encoded = yield* coding.encode(given)
        assert.isAtMost(encoded.body.byteLength, given.byteLength)
        assert.deepStrictEqual(Uint8Array.from(yield* coding.decode(encoded, given.byteLength)), Uint8Array.from(given))
      }
      assert.strictEqual((yield* coding.encode(bytes)).encoding, "zstd")
      assert.strictEqual((yield* coding.encode(noise)).encoding, "plain")
    })
  )

  it.effect("refuses a body of another method, a damaged one, and one that would become too large", () =>
    Effect.gen(function* () {
      const coding = yield* StateCoding
      const encoded = yield* coding.encode(bytes)
      const refused = (body: Uint8Array, encoding = "zstd", size = bytes.byteLength) =>
        Effect.flip(coding.decode({ encoding, body }, size))
      assert.include((yield* refused(encoded.body, "brotli")).reason, "brotli")
      assert.include((yield* refused(encoded.body.slice(0, 20))).reason, "zstd")
      assert.include((yield* refused(noise)).reason, "zstd")
      assert.include((yield* refused(encoded.body, "zstd", 100)).reason, "that size")
    })
  )
})
