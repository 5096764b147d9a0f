/**
 * A turn of a game: the write window closes, the engine makes the turn, and in one transaction the window opens again
 * and players are notified.
 *
 * The row holds the number of the turn from the cutoff on, and the engine makes each number once. So a turn is made
 * once and announced once, however often this is cut off and retried.
 */
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { reasonOf, retryAt } from "./Attempts.ts"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { EngineReady } from "../engine/EngineReady.ts"
import { specOf } from "./engineSpec.ts"
import { standings } from "../engine/PlayerStanding.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { deadlineChange, deadlineOf, type RuntimeRow, RuntimeStore } from "./RuntimeStore.ts"
import { deadlineAtCutoff, deadlineAtOpening, explained, isExplained, type TurnDeadline } from "./TurnTimes.ts"

/**
 * The deadline that replaces one set by a wrong clock; absent if the present deadline stands. A deadline that the
 * present clock doesn't explain is computed anew but kept as `was`: if it is the present clock that is behind, the old
 * deadline comes back.
 */
export const settled = (
  row: RuntimeRow,
  now: DateTime.Utc
): { readonly deadline: TurnDeadline; readonly was: DateTime.Utc | null } | undefined => {
  const deadline = deadlineOf(row)
  if (deadline === null) return undefined
  const { next_turn_was: was } = row
  if (was !== null && DateTime.isGreaterThan(was, now)) {
    const before = { ...deadline, at: was }
    if (isExplained(row, before, now)) return { deadline: before, was: null }
  }
  const right = explained(row, deadline, now)
  return right === deadline ? undefined : { deadline: right, was: was ?? deadline.at }
}

/**
 * The steps of a turn, each for a row just read: `settle` corrects its deadline, `cutoff` closes the write window, and
 * `attempt` makes the turn. All of them fail with `RuntimeStale` if another owner has written the row.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const ready = yield* EngineReady
  const client = yield* EngineClient
  const host = yield* EngineHost
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig

  /** Corrects the deadline after a clock was wrong. */
  const settle = Effect.fn("TurnJob.settle")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    const change = settled(row, now)
    if (change === undefined) {
      // The deadline stands. Noting the present time as its time of setting keeps it from being looked at again.
      yield* store.write(row, { next_turn_set_at: DateTime.toDate(now) })
      return
    }
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: row.current_turn,
          runtimeStatus: "running",
          nextTurnAt: change.deadline.at,
          players: [],
          advanced: false
        })
        yield* store.write(row, deadlineChange(change.deadline, now, change.was))
      })
    )
    yield* Effect.logWarning("the next turn's time was corrected: a clock was wrong")
  })

  /** Closes the write window: from its commit on, orders for this turn are refused. */
  const cutoff = Effect.fn("TurnJob.cutoff")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    const next = deadlineAtCutoff(row, deadlineOf(row), row.force_next_turn, now)
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: row.current_turn,
          runtimeStatus: "generation_in_progress",
          nextTurnAt: next.at,
          players: [],
          advanced: false
        })
        yield* store.write(row, {
          status: "generation_in_progress",
          generating_turn: row.current_turn + 1,
          ...deadlineChange(next, now),
          ...(row.force_next_turn ? { force_next_turn: false } : {}),
          next_attempt_at: DateTime.toDate(now),
          attempts: 0
        })
      })
    )
  })

  const generate = Effect.fnUntraced(function* (row: RuntimeRow, turn: number, operation: string) {
    const instance = yield* ready.ensure(specOf(row))
    const seats = yield* store.seats(row.game_id)
    const status = yield* client.turn(instance, turn)
    const players = yield* standings(status, row.game_id, turn, seats)
    const now = yield* DateTime.now
    const next = status.finished ? null : deadlineAtOpening(row, deadlineOf(row), now)
    const runtimeStatus = status.finished ? "finished" : "running"
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: turn,
          runtimeStatus,
          nextTurnAt: next?.at,
          players,
          advanced: true
        })
        if (status.finished) yield* events.onFinished(row.game_id)
        yield* store.write(row, {
          status: runtimeStatus,
          current_turn: turn,
          generating_turn: null,
          ...deadlineChange(next, now),
          next_attempt_at: null,
          attempts: 0,
          failure_reason: null,
          current_container_id: instance.instanceId,
          engine_endpoint: instance.endpoint.origin,
          last_observed_at: DateTime.toDate(now)
        })
        yield* store.end(operation, null)
      })
    )
    if (!status.finished) return
    yield* Effect.logInfo("a game has finished")
    // An engine left running by a crash right here is ended by the next sweep.
    yield* Effect.ignore(host.stop(row.game_id))
  })

  /**
   * Plans the next attempt and ends the engine, which may be stuck for good: the next attempt gets a new one on the
   * same state.
   */
  const retryLater = Effect.fnUntraced(function* (row: RuntimeRow, reason: string, operation: string) {
    const now = yield* DateTime.now
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* store.write(row, {
          next_attempt_at: DateTime.toDate(retryAt(config, row.attempts, now)),
          failure_reason: reason
        })
        yield* store.end(operation, reason)
      })
    )
    yield* Effect.ignore(host.stop(row.game_id))
    yield* Effect.logError("a turn could not be made").pipe(
      Effect.annotateLogs({ turn: row.generating_turn, attempt: row.attempts, reason })
    )
  })

  /** One attempt to make the turn. Fails only if its outcome could not be stored. */
  const attempt = Effect.fn("TurnJob.attempt")(function* (read: RuntimeRow) {
    const turn = read.generating_turn ?? read.current_turn + 1
    const { row, operation } = yield* sql.withTransaction(
      Effect.gen(function* () {
        const row = yield* store.write(read, { attempts: read.attempts + 1 })
        return { row, operation: yield* store.begin(row.game_id, "turn", turn) }
      })
    )
    yield* generate(row, turn, operation).pipe(
      Effect.catchCause((cause) => {
        const error = cause.reasons.find((it) => it._tag === "Fail")?.error
        return cause.reasons.some((it) => it._tag === "Interrupt") || error?._tag === "RuntimeStale"
          ? Effect.failCause(cause)
          : retryLater(row, reasonOf(cause), operation)
      })
    )
  })

  return { settle, cutoff, attempt }
})
