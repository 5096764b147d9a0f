/** What one address holds or breaks off costs other addresses nothing, in full size. */
import { assert, describe, it } from "@effect/vitest"
import { faults, under } from "./exhaustion.ts"

describe("a gateway with a heap of 512 MB, attacked from one address", () => {
  it("250 connections with 128 silent streams each", { timeout: 300_000 }, async () => {
    assert.deepStrictEqual(faults(await under("streams", 250, 128), 1_000), [])
  })

  it("1,200 bodies that lack their end", { timeout: 300_000 }, async () => {
    assert.deepStrictEqual(faults(await under("bodies", 1_200), 1_000), [])
  })

  it("two connections that go on resetting streams", { timeout: 300_000 }, async () => {
    assert.deepStrictEqual(faults(await under("resets", 1_000, 20_000), 250), [])
  })
})
