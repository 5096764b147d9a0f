import { decided, isRefused, refused } from "@galaxy/core/runtime/decisions"
import type { RuntimeRow } from "@galaxy/core/runtime/RuntimeRow"
import { describe, expect, it } from "vitest"
import { DateTime } from "effect"

const rowOf = (last_decision: string | null, failure_reason: string | null = "not on this state") =>
  ({ last_decision, failure_reason }) as RuntimeRow

describe("what an engine refused", () => {
  it.each([
    // Words of earlier versions, as their rows keep them.
    "the engine refused the start, which is not tried again by itself",
    "the engine refused the turn, which is tried again",
    decided(refused("start", "is over"), DateTime.makeUnsafe(0)).last_decision ?? null,
    refused("turn", "is over")
  ])("is known by its row: %s", (text) => expect(isRefused(rowOf(text))).toBe(true))

  it.each([
    rowOf("the turn has failed, and is not tried again until it is forced"),
    rowOf("the engine refused the turn, which is tried again", null),
    rowOf(null)
  ])("is no other trouble, and none that is over: %j", (row) => expect(isRefused(row)).toBe(false))
})
