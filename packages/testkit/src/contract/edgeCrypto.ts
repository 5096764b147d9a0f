/** What every `EdgeCrypto` adapter does, and which keys and signatures it takes: the same ones as all others. */
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import { toEffect } from "@galaxy/edge/Awaitable"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { Effect, type Layer, Redacted } from "effect"
import { createHash, createPrivateKey, createPublicKey, sign as signWith } from "node:crypto"
import * as assert from "../internal/assert.ts"
import { SeededRandom } from "../SeededRandom.ts"
import { type Case, casesOf } from "./Case.ts"
import { edgeCryptoVectors } from "./edgeCryptoVectors.ts"

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"))

/** All eight points of small order and the ways to write them, also those whose y isn't reduced. */
const smallOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
].flatMap((text) => {
  const negative = hex(text)
  negative[31] = (negative[31] ?? 0) | 0x80
  return [hex(text), negative]
})

const order = 2n ** 252n + 27742317777372353535851937790883648493n
const scalarOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes.toReversed()).toString("hex")}`)
const bytesOf = (scalar: bigint) => hex(scalar.toString(16).padStart(64, "0")).toReversed()

const seed = new Uint8Array(32).fill(9)
const own = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  format: "der",
  type: "pkcs8"
})
const ownPublic = new Uint8Array(createPublicKey(own).export({ format: "der", type: "spki" }).subarray(-32))

/** The adapter, whose results are there at once or later. */
const inEffect = Effect.map(EdgeCrypto, ({ publicKey, sign, verify, sha256 }) => ({
  publicKey,
  sign: (message: Uint8Array) => toEffect(() => sign(message)),
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    toEffect(() => verify(key, message, signature)),
  sha256: (bytes: Uint8Array) => toEffect(() => sha256(bytes))
}))

/** What every `EdgeCrypto` does. */
export const edgeCrypto = <E>(
  adapter: (options: { readonly signingSeed: Redacted.Redacted<Uint8Array> }) => Layer.Layer<EdgeCrypto, E>
): ReadonlyArray<Case> =>
  casesOf(adapter({ signingSeed: Redacted.make(seed) }), (it) => {
    it("signs as RFC 8032 says, so that every adapter makes the same signature", () =>
      Effect.gen(function* () {
        const { publicKey, sign, verify } = yield* inEffect
        assert.deepStrictEqual(publicKey, ownPublic)
        for (const length of [0, 1, 200, 100_000]) {
          const message = new SeededRandom(length).bytes(length)
          const signature = yield* sign(message)
          assert.deepStrictEqual(Buffer.from(signature), signWith(null, message, own))
          assert.isTrue(yield* verify(publicKey, message, signature))
          assert.isFalse(yield* verify(publicKey, Uint8Array.from([...message, 0]), signature))
        }
      }))

    it("hashes with SHA-256", () =>
      Effect.gen(function* () {
        const { sha256 } = yield* inEffect
        const part = new SeededRandom(1).bytes(1_000).subarray(10, 20)
        assert.deepStrictEqual(Buffer.from(yield* sha256(part)), createHash("sha256").update(part).digest())
      }))

    it("takes of the signatures that libraries disagree on those that all sides take", () =>
      Effect.gen(function* () {
        const { verify } = yield* inEffect
        for (const { note, accepted, publicKey, message, signature } of edgeCryptoVectors) {
          assert.strictEqual(yield* verify(hex(publicKey), hex(message), hex(signature)), accepted, note)
        }
      }))

    it("verifies nothing with a key or a signature of another length", () =>
      Effect.gen(function* () {
        const { publicKey, sign, verify } = yield* inEffect
        const message = Buffer.from("message")
        const signature = yield* sign(message)
        for (const length of [0, 1, 31, 33, 64]) {
          const key = Uint8Array.from({ length }, (_, index) => publicKey[index] ?? 0)
          assert.isFalse(yield* verify(key, message, signature))
        }
        for (const length of [0, 32, 63, 65, 128]) {
          const other = Uint8Array.from({ length }, (_, index) => signature[index] ?? 0)
          assert.isFalse(yield* verify(publicKey, message, other))
        }
      }))

    it("takes one signature of those that differ by the group's order", () =>
      Effect.gen(function* () {
        const { publicKey, sign, verify } = yield* inEffect
        for (let round = 0; round < 10; round++) {
          const message = Buffer.from(`message ${round}`)
          const signature = yield* sign(message)
          for (let other = scalarOf(signature.slice(32)) + order; other < 2n ** 256n; other += order) {
            const forged = Uint8Array.from([...signature.slice(0, 32), ...bytesOf(other)])
            assert.isFalse(yield* verify(publicKey, message, forged))
          }
        }
      }))

    it("verifies nothing with a key of small order, for which anybody could sign", () =>
      Effect.gen(function* () {
        const { publicKey, sign, verify } = yield* inEffect
        for (const key of smallOrder) {
          assert.isFalse(PublicKey.isHonest(key), Buffer.from(key).toString("hex"))
          for (let round = 0; round < 10; round++) {
            const message = Buffer.from(`message ${round}`)
            // R is a multiple of the base or of the key, S is its multiplier: right for some messages, whoever signs.
            for (const point of smallOrder) {
              assert.isFalse(yield* verify(key, message, Uint8Array.from([...point, ...new Uint8Array(32)])))
            }
            assert.isFalse(yield* verify(key, message, yield* sign(message)))
          }
        }
        assert.isTrue(PublicKey.isHonest(publicKey))
      }))

    it("answers for bytes that are no point, and goes on", () =>
      Effect.gen(function* () {
        const { publicKey, sign, verify } = yield* inEffect
        const random = new SeededRandom(2)
        const message = Buffer.from("message")
        const signature = yield* sign(message)
        for (let round = 0; round < 100; round++) assert.isFalse(yield* verify(random.bytes(32), message, signature))
        assert.isTrue(yield* verify(publicKey, message, signature))
      }))
  })
