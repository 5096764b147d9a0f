import { reasonOf } from "@galaxy/core/runtime/Attempts"
import { assert, describe, it } from "@effect/vitest"
import { Cause } from "effect"

describe("the reason of a failed attempt", () => {
  it("is the error's, its message, or unknown", () => {
    for (const [failure, reason] of [
      [{ reason: "no room" }, "no room"],
      [new Error("a fault"), "a fault"],
      [Object.assign(new Error("a fault"), { reason: 7 }), "a fault"],
      [new TypeError(""), "TypeError"],
      [{ reason: 7 }, "an unknown failure"],
      [null, "an unknown failure"],
      ["text", "an unknown failure"]
    ] as const) {
      assert.strictEqual(reasonOf(Cause.fail(failure)), reason)
    }
  })

  it("is short, and text that PostgreSQL can hold", () => {
    assert.strictEqual(reasonOf(Cause.fail({ reason: `a\u0000b${"x".repeat(600)}` })), `ab${"x".repeat(498)}`)
  })
})
