import { assert, describe, it } from "@effect/vitest"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import { Effect, Redacted, Result } from "effect"
import { Hex } from "effect/encoding"

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

  it.effect("opens what earlier releases sealed", () =>
    Effect.gen(function* () {
      const secret = Uint8Array.from({ length: 32 }, (_, at) => at)
      const sealed = Hex.decode(
        "0142b4ee0021e604fe19ad80a59428e3ced61764f2bf8b22a857ef89d082efa0ebbc27dc7a842e9e"
      ).pipe(Result.getOrThrow)
      const opened = yield* Effect.flatMap(SecretBox.SecretBox, (it) => it.open(sealed, "row")).pipe(
        Effect.provide(SecretBox.layer({ secret: Redacted.make(secret) }))
      )
      assert.deepStrictEqual(opened, plain)
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
