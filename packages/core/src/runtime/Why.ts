/** Why a game's next turn comes when it does, or doesn't: for operators. */
import type { DateTime } from "effect"
import type { RuntimeRow, RuntimeStatus } from "./RuntimeRow.ts"

/** The state of a game's schedule. */
export interface Why {
  readonly status: RuntimeStatus
  readonly paused: boolean
  readonly currentTurn: number
  /** The last decision in words, and when it was made. */
  readonly decision: string | undefined
  readonly decidedAt: DateTime.Utc | undefined
  /** When the next turn is due; absent while none is planned. */
  readonly nextTurnAt: DateTime.Utc | undefined
  /** `schedule`, or `forced` if turns that were asked for have taken the place of `skips` scheduled ones. */
  readonly nextTurnWhy: "schedule" | "forced"
  readonly skips: number
  /** When a start, a turn or a task is tried again, and how often it was tried. */
  readonly nextAttemptAt: DateTime.Utc | undefined
  readonly attempts: number
  /** What stands in the way of the next turn, in words; absent if nothing does. */
  readonly blockedBy: string | undefined
}

const blocked = (row: RuntimeRow): string | undefined => {
  switch (row.status) {
    case "starting":
      return row.attempts > 1 ? `the start is tried again: ${row.failure_reason}` : "the game is being started"
    case "running":
      if (row.paused) return "the game is paused"
      return row.engine_task === null ? undefined : "the engine is being started anew"
    case "generation_in_progress":
      return row.attempts > 1 ? `turn ${row.generating_turn} is tried again: ${row.failure_reason}` : undefined
    case "generation_failed":
      return `turn ${row.generating_turn} has failed, and waits to be forced: ${row.failure_reason}`
    case "paused":
      return "the game is paused"
    case "start_failed":
      return `the start has failed: ${row.failure_reason}`
    case "stopped":
      return `the game is stopped: ${row.failure_reason}`
    case "finished":
      return "the game is over"
  }
}

/** Read from the game's row alone. */
export const whyOf = (row: RuntimeRow): Why => ({
  status: row.status,
  paused: row.paused,
  currentTurn: row.current_turn,
  decision: row.last_decision ?? undefined,
  decidedAt: row.last_decision_at ?? undefined,
  nextTurnAt: row.next_turn_at ?? undefined,
  nextTurnWhy: row.next_turn_why,
  skips: row.next_turn_skips,
  nextAttemptAt: row.next_attempt_at ?? undefined,
  attempts: row.attempts,
  blockedBy: blocked(row)
})
