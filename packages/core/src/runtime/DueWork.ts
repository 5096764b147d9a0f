/** What a game needs next, decided from its row and the clock alone. */
import { DateTime, Duration } from "effect"
import { clockSlack } from "../shared/clockSlack.ts"
import { type Backoff, retryAt } from "./Attempts.ts"
import { isRetry, live, type RuntimeRow, type RuntimeStatus } from "./RuntimeRow.ts"
import { settled } from "./settledDeadline.ts"

/**
 * The next step of a game. `end`: its engine is ended, since that was ordered. `renew`: its engine is started anew.
 * `seats`: races leave, or are played by the engine. `start`: an attempt to start it. `settle`: the next deadline is checked against the clock.
 * `cutoff`: the write window closes. `generate`: an attempt to make the turn. `again`: a turn that has failed was
 * forced. `stop`: its engine is ended.
 */
export type DueWork = "end" | "renew" | "seats" | "start" | "settle" | "cutoff" | "generate" | "again" | "stop" | "none"

const isDue = (at: DateTime.Utc | null, now: DateTime.Utc) => at !== null && DateTime.isLessThanOrEqualTo(at, now)

/**
 * Whether an attempt is due: its time has come, or lies further ahead than the backoff allows, since a clock was wrong.
 */
const mayAttempt = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff) =>
  isDue(row.next_attempt_at, now) ||
  (row.next_attempt_at !== null &&
    DateTime.isGreaterThan(row.next_attempt_at, isRetry(row) ? retryAt(backoff, row.attempts, now) : now))

/** A retry of an order about a seat, or of a task, is due, or lies too far ahead since a clock was wrong. */
const mayRetry = (at: DateTime.Utc, now: DateTime.Utc, longest: Duration.Input) =>
  isDue(at, now) ||
  DateTime.isGreaterThan(at, DateTime.addDuration(now, Duration.sum(Duration.fromInputUnsafe(longest), clockSlack)))

const stepOfRunning = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff): DueWork => {
  // Before the cutoff: a race that was banished isn't part of the next turn.
  if (row.seat_order_at !== null && mayRetry(row.seat_order_at, now, backoff.longestBackoff)) return "seats"
  if (row.paused) return "none"
  if (row.force_next_turn) return "cutoff"
  if (isDue(row.next_turn_at, now)) return settled(row, now) === undefined ? "cutoff" : "settle"
  // The deadline was set in the future: the clock was ahead then, or is behind now.
  return row.next_turn_set_at !== null && DateTime.isGreaterThan(row.next_turn_set_at, now) ? "settle" : "none"
}

/** Whether the engine is to be started anew, at this time. */
const mayRenew = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff) =>
  row.engine_task !== null &&
  (row.next_attempt_at === null || mayRetry(row.next_attempt_at, now, backoff.longestBackoff))

/** The game's next step at this time. */
export const stepOf = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff): DueWork => {
  if (row.engine_task === "stop") return "end"
  switch (row.status) {
    case "starting":
      return mayAttempt(row, now, backoff) ? "start" : "none"
    case "running":
      return mayRenew(row, now, backoff) ? "renew" : stepOfRunning(row, now, backoff)
    case "generation_in_progress":
      return mayAttempt(row, now, backoff) ? "generate" : "none"
    case "generation_failed":
      if (mayRenew(row, now, backoff)) return "renew"
      return row.force_next_turn && !row.paused ? "again" : "stop"
    case "paused":
      return "none"
    case "start_failed":
    case "stopped":
    case "finished":
      return "stop"
  }
}

/** States in which players can read from the game's engine, or operators expect it to be up. */
const served: ReadonlySet<RuntimeStatus> = new Set([...live, "finished", "generation_failed"])

/**
 * Whether the game's engine may be brought up for those who ask for it. A game that was cancelled is over too, and its
 * players may read on.
 */
export const serves = ({ status, started_at }: RuntimeRow): boolean =>
  served.has(status) || (status === "stopped" && started_at !== null)
