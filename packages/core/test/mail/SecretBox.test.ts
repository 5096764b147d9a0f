import { assert, describe, it } from "@effect/vitest"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import { Effect, Redacted } from "effect"

const box = (byte: number) =>
  Effect.provide(
    Effect.gen(function* () {
      return yield* SecretBox.SecretBox
    }),
    SecretBox.layer({ secret: Redacted.make(new Uint8Array(32).fill(byte)) })
  )
const plain = new TextEncoder().encode("code 271828")

describe("SecretBox", () => {
  it.effect("opens what it sealed, never twice the same bytes", () =>
    Effect.gen(function* () {
      const one = yield* box(1)
      const first = yield* one.seal(plain, "row")
      assert.deepStrictEqual(yield* one.open(first, "row"), plain)
      assert.notDeepEqual(yield* one.seal(plain, "row"), first)
    })
  )

  it.effect("refuses another key, another context, and every damaged byte", () =>
    Effect.gen(function* () {
      const one = yield* box(1)
      const sealed = yield* one.seal(plain, "row")
      yield* Effect.flip((yield* box(2)).open(sealed, "row"))
      yield* Effect.flip(one.open(sealed, "another row"))
      for (let i = 0; i < sealed.length; i++) {
        const damaged = sealed.slice()
        damaged[i] = (damaged[i] ?? 0) ^ 1
        yield* Effect.flip(one.open(damaged, "row"))
        yield* Effect.flip(one.open(sealed.subarray(0, i), "row"))
      }
    })
  )
})
