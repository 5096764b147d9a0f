import * as Random from "@galaxy/engine/random/Random"
import { sha256Hex } from "@galaxy/engine/random/sha256"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const platformSha256 = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
}

describe("sha256", () => {
  it.effect.prop("is the platform's, for any text", [Schema.String], ([text]) =>
    Effect.map(
      Effect.promise(() => platformSha256(text)),
      (wanted) => assert.strictEqual(sha256Hex(text), wanted)
    )
  )

  it.effect("is the platform's for every length around its blocks", () =>
    Effect.gen(function* () {
      for (let length = 0; length <= 130; length++) {
        const text = "ä".repeat(length % 3) + "x".repeat(length)
        assert.strictEqual(sha256Hex(text), yield* Effect.promise(() => platformSha256(text)))
      }
    })
  )
})

describe("Random", () => {
  // Another generator, or another way to seed it, would change every running game.
  it("gives these very numbers", () => {
    const random = Random.make("seed", "turn", 1, "orders")
    assert.deepStrictEqual(
      [random.below(1000), random.below(1000), random.below(1000), random.next(), random.between(5, 6)],
      [384, 489, 826, 0.7787077154412229, 5.915704947894139]
    )
  })

  it("has streams that differ, and don't run into each other's names", () => {
    const first = (...stream: ReadonlyArray<string | number>) => Random.make("seed", ...stream).next()
    const all = [first(), first("a"), first("a", "b"), first("ab"), first("a,b"), first(1), first("1"), first("a", 1)]
    assert.strictEqual(new Set(all).size, all.length)
  })

  it("draws every number of a range about equally often", () => {
    const random = Random.make("even")
    const counts = Array.from({ length: 7 }, () => 0)
    for (let draw = 0; draw < 70_000; draw++) counts[random.below(7)]! += 1
    // Five standard deviations of a fair draw are about 460.
    for (const count of counts) assert.isAtMost(Math.abs(count - 10_000), 460)
  })

  it("shuffles into every order about equally often", () => {
    const random = Random.make("orders")
    const counts = new Map<string, number>()
    for (let draw = 0; draw < 24_000; draw++) {
      const order = random.shuffled([1, 2, 3, 4]).join("")
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    assert.strictEqual(counts.size, 24)
    for (const count of counts.values()) assert.isAtMost(Math.abs(count - 1000), 155)
  })

  it.prop("stays within its bounds", [Schema.String, Schema.Int], ([seed, number]) => {
    const random = Random.make(seed)
    const bound = (Math.abs(number) % 1_000_000) + 1
    for (let draw = 0; draw < 20; draw++) {
      const whole = random.below(bound)
      assert.isTrue(Number.isInteger(whole) && whole >= 0 && whole < bound)
      const unit = random.next()
      assert.isTrue(unit >= 0 && unit < 1)
    }
  })
})
