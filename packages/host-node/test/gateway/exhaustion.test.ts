/** What one address holds or breaks off costs other addresses nothing: smaller sizes of what runs whole at night. */
import { assert, describe, it } from "@effect/vitest"
import { faults, under } from "./exhaustion.ts"

describe("a gateway with a heap of 512 MB, attacked from one address", () => {
  it("20 connections with 128 silent streams each", { timeout: 120_000 }, async () => {
    assert.deepStrictEqual(faults(await under("streams", 20, 128), 1_000), [])
  })

  it("150 bodies that lack their end", { timeout: 120_000 }, async () => {
    assert.deepStrictEqual(faults(await under("bodies", 150), 1_000), [])
  })

  it("two connections that go on resetting streams", { timeout: 120_000 }, async () => {
    assert.deepStrictEqual(faults(await under("resets", 1_000, 1_500), 1_000), [])
  })
})
