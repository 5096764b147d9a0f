/** What every `PasswordHasher` adapter does. Give it the lowest cost that the adapter allows: a case hashes several times. */
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import { Effect, Exit, type Layer, Redacted } from "effect"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

const words = "correct horse battery staple"
const password = Redacted.make(words)

/** What every `PasswordHasher` does. */
export const passwordHasher = <E>(adapter: Layer.Layer<PasswordHasher, E>): ReadonlyArray<Case> =>
  casesOf(adapter, (it) => {
    it("a hash is salted, doesn't hold the password, and verifies it", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const [one, two] = [yield* hasher.hash(password), yield* hasher.hash(password)]
        assert.notStrictEqual(one, two)
        assert.notInclude(one, words)
        assert.isTrue(yield* hasher.verify(password, one))
        assert.isTrue(yield* hasher.verify(password, two))
      }))

    it("a hash verifies no other password", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const one = yield* hasher.hash(password)
        for (const other of ["", words.slice(0, -1), `${words} `, words.toUpperCase(), one]) {
          assert.isFalse(yield* hasher.verify(Redacted.make(other), one), other)
        }
      }))

    it("a damaged hash, or what isn't one, verifies nothing and doesn't fail", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const one = yield* hasher.hash(password)
        for (const hash of [
          "",
          "plain",
          words,
          "x".repeat(60),
          "$2b$04$",
          "$scrypt$",
          one.slice(0, -1),
          one.slice(1)
        ]) {
          assert.isFalse(yield* hasher.verify(password, hash), hash)
        }
      }))

    it("a long password counts as a whole, or isn't hashed at all", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        for (const long of ["a".repeat(200), "ä".repeat(100), `${"a".repeat(80)}\0b`]) {
          const exit = yield* Effect.exit(hasher.hash(Redacted.make(long)))
          if (Exit.isFailure(exit)) continue
          assert.isTrue(yield* hasher.verify(Redacted.make(long), exit.value))
          for (const other of [long.slice(0, -1), `${long.slice(0, -1)}c`]) {
            assert.isFalse(yield* hasher.verify(Redacted.make(other), exit.value), `${long.length} characters`)
          }
        }
      }))
  })
