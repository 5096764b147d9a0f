import { failedRenewal, turnReason } from "@galaxy/core/lobby/whyReasons"
import type { OperationRow } from "@galaxy/core/runtime/OperationLog"
import type { RuntimeRow } from "@galaxy/core/runtime/RuntimeRow"
import { describe, expect, it } from "vitest"

/** Operations such as `patch-` that failed, `restart+` that succeeded and `turn?` that is under way, newest first. */
const log = (words: string) =>
  words.split(" ").map((word) => {
    const op = word.slice(0, -1)
    const status = { "-": "failed", "+": "succeeded", "?": "started" }[word.at(-1) ?? ""]
    return { op, status, error: status === "failed" ? `the ${op}'s reason` : null } as OperationRow
  })

describe("what failed after a turn that was given up", () => {
  it.each([
    ["restart- turn-", "restart"],
    // The version before is up again, and what was wanted isn't.
    ["restart+ patch- turn-", "patch"],
    ["restart? patch- turn-", "patch"],
    ["patch+ restart- turn-", undefined],
    ["restart+ restart- turn-", undefined],
    ["restart+ patch+ patch- turn-", undefined],
    ["banish+ restart- turn-", "restart"],
    ["turn- patch-", undefined],
    ["start+ restart-", undefined]
  ])("%s: %s", (words, op) => expect(failedRenewal(log(words))?.op).toBe(op))

  it("leaves the turn's own reason, which the row tells once the log doesn't", () => {
    const row = { failure_reason: "the row's reason" } as RuntimeRow
    expect(turnReason(row, log("patch- turn-"))).toBe("the turn's reason")
    expect(turnReason(row, log("patch- turn+"))).toBe("the row's reason")
  })
})
