/**
 * What failed of a game whose turn was given up: the turn, or what was done to its engine afterwards.
 *
 * Pure. The runtime's log keeps each attempt with its own reason; operations are given newest first.
 */
import type { OperationRow } from "../runtime/OperationLog.ts"
import type { RuntimeRow } from "../runtime/RuntimeRow.ts"

const renewals: ReadonlySet<string> = new Set(["restart", "patch"])

/**
 * Why the turn could not be made. The log comes first: in rows of earlier releases the reason of a later patch or
 * restart stands in the turn's place.
 */
export const turnReason = (row: RuntimeRow, operations: ReadonlyArray<OperationRow>): string | null =>
  operations.find((it) => it.op === "turn" && it.status === "failed")?.error ?? row.failure_reason

/**
 * The patch or restart that has failed since the last turn or start, unless the engine has been started anew since. A
 * patch that was taken back has failed, though the version before it is up again.
 */
export const failedRenewal = (operations: ReadonlyArray<OperationRow>): OperationRow | undefined => {
  const last = operations.findIndex((it) => it.op === "turn" || it.op === "start")
  const since = (last < 0 ? operations : operations.slice(0, last)).filter(
    (it) => renewals.has(it.op) && it.status !== "started"
  )
  const [newest] = since
  const told =
    newest?.op === "restart" && newest.status === "succeeded" ? since.find((it) => it.op === "patch") : newest
  return told?.status === "failed" ? told : undefined
}
