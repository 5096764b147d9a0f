/**
 * A turn of a game: the write window closes, the engine makes the turn, and in one transaction the window opens again
 * and players are notified.
 *
 * The row holds the number of the turn from the cutoff on, and the engine makes each number once. So a turn is made
 * once and announced once, however often this is cut off and retried.
 *
 * An engine that is still computing is asked again and not ended, up to a bound. A turn that keeps failing, or that
 * needs more memory than the engine may have, is given up until an operator forces it.
 */
import { DateTime, Effect, Option, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { type GameGone, RuntimeEvents } from "./RuntimeEvents.ts"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost, type EngineInstance } from "../engine/EngineHost.ts"
import { EngineReady } from "../engine/EngineReady.ts"
import { engineFailure, errorOf } from "./engineFailure.ts"
import { specOf } from "./engineSpec.ts"
import { decided } from "./decisions.ts"
import { standings } from "../engine/PlayerStanding.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { OperationLog } from "./OperationLog.ts"
import { rulesetChange } from "./rulesetChange.ts"
import { deadlineChange, deadlineOf, type RuntimeRow, versionBack } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import { StillComputing } from "./StillComputing.ts"
import * as TurnFailures from "./TurnFailures.ts"
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

/** What was decided when a turn was made. */
const made = (turn: number, finished: boolean, next: TurnDeadline | null): string => {
  const then =
    next?.why === "forced" ? "those that were asked for replace scheduled ones" : "the next follows the schedule"
  return `turn ${turn} is made; ${finished ? "the game is over" : next === null ? "the game is paused" : then}`
}

/**
 * The steps of a turn, each for a row just read: `settle` corrects its deadline, `cutoff` closes the write window,
 * `attempt` makes the turn, and `again` takes up one that was given up and then forced. All of them fail with
 * `RuntimeStale` if another owner has written the row.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const log = yield* OperationLog
  const ready = yield* EngineReady
  const client = yield* EngineClient
  const host = yield* EngineHost
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig
  const { drop, giveUp, retryLater, waitOn } = yield* TurnFailures.make

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
        yield* store.write(row, {
          ...deadlineChange(change.deadline, now, change.was),
          ...decided("the next turn's time was corrected: a clock was wrong", now)
        })
      })
    )
    yield* Effect.logWarning("the next turn's time was corrected: a clock was wrong")
  })

  /**
   * Closes the write window: from its commit on, orders for this turn are refused. A version that was patched in and
   * hasn't got up yet is taken back, so that it doesn't cost the game its turn.
   */
  const cutoff = Effect.fn("TurnJob.cutoff")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    const next = deadlineAtCutoff(row, deadlineOf(row), row.force_next_turn, now)
    const back = row.engine_task === "patch" && row.attempts > 0 ? versionBack(row) : undefined
    const written = yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: row.current_turn,
          runtimeStatus: "generation_in_progress",
          nextTurnAt: next.at,
          players: [],
          advanced: false,
          engineVersion: back?.engine_version
        })
        const written = yield* store.write(row, {
          ...(back === undefined ? {} : { ...back, engine_task: null }),
          status: "generation_in_progress",
          generating_turn: row.current_turn + 1,
          ...deadlineChange(next, now),
          // A turn that was forced since the row was read is this one.
          force_next_turn: false,
          next_attempt_at: DateTime.toDate(now),
          attempts: 0,
          ...decided(
            `turn ${row.current_turn + 1} is made: ${row.force_next_turn ? "it was asked for" : "it is due"}`,
            now
          )
        })
        if (back !== undefined) {
          yield* events.onTrouble({
            gameId: row.game_id,
            what: "start_failed",
            detail: `version ${row.engine_version} is taken back, since a turn is due: ${row.failure_reason ?? "it was cut off"}`,
            ref: `${row.game_id}:${row.row_version}`
          })
        }
        return written
      })
    )
    // One of the version that was taken back may still be getting up.
    if (back !== undefined) yield* Effect.ignore(host.stop(row.game_id))
    return written
  })

  /** The engine that was computing this turn when an earlier attempt stopped waiting, if it still runs. */
  const atWork = (row: RuntimeRow): Effect.Effect<Option.Option<EngineInstance>, never, Scope.Scope> =>
    row.generating_since === null
      ? Effect.succeed(Option.none())
      : Effect.map(
          host.hold(row.game_id),
          Option.filter((it) => it.instanceId === row.current_container_id)
        )

  const generate = Effect.fnUntraced(function* (
    row: RuntimeRow,
    turn: number,
    operation: string,
    computing: Option.Option<EngineInstance>
  ) {
    const seats = yield* store.seats(row.game_id)
    // One that computes answers no health check.
    const instance = Option.isSome(computing) ? computing.value : yield* ready.hold(specOf(row, seats.length))
    const status = yield* Effect.catchTag(client.turn(instance, turn), "EngineUnreachable", (error) =>
      Effect.fail(
        error.overdue === true
          ? new StillComputing({ instanceId: instance.instanceId, endpoint: instance.endpoint.origin })
          : error
      )
    )
    const players = yield* standings(status, row.game_id, turn, seats)
    const now = yield* DateTime.now
    // A game that was paused meanwhile has made its last turn for now.
    const next = status.finished || row.paused ? null : deadlineAtOpening(row, deadlineOf(row), now)
    const runtimeStatus = status.finished ? "finished" : "running"
    const written = yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: turn,
          runtimeStatus,
          nextTurnAt: next?.at,
          players,
          advanced: true,
          // The reason of the deadline that was set at this turn's cutoff.
          forced: row.next_turn_why === "forced"
        })
        if (status.finished) yield* events.onFinished(row.game_id)
        const written = yield* store.write(row, {
          status: runtimeStatus,
          current_turn: turn,
          generating_turn: null,
          generating_since: null,
          ...deadlineChange(next, now),
          next_attempt_at: null,
          attempts: 0,
          failure_reason: null,
          current_container_id: instance.instanceId,
          engine_endpoint: instance.endpoint.origin,
          last_observed_at: DateTime.toDate(now),
          // A finished game has no use for another engine.
          ...(status.finished ? { engine_task: null } : {}),
          ...decided(made(turn, status.finished, next), now),
          ...rulesetChange(status)
        })
        yield* log.end(operation, null)
        return written
      })
    )
    if (!status.finished) return written
    yield* Effect.logInfo("a game has finished")
    // An engine left running by a crash right here is ended by the next sweep.
    yield* Effect.ignore(host.stop(row.game_id))
    return written
  })

  /** Takes up a turn that was given up, since an operator has asked for it. */
  const again = Effect.fn("TurnJob.again")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: row.current_turn,
          runtimeStatus: "generation_in_progress",
          nextTurnAt: row.next_turn_at ?? undefined,
          players: [],
          advanced: false
        })
        yield* store.write(row, {
          status: "generation_in_progress",
          force_next_turn: false,
          next_attempt_at: DateTime.toDate(now),
          attempts: 0
        })
      })
    )
  })

  /** One attempt to make the turn. Fails only if its outcome could not be stored. */
  const attempt = Effect.fn("TurnJob.attempt")(function* (read: RuntimeRow) {
    const turn = read.generating_turn ?? read.current_turn + 1
    const computing = yield* atWork(read)
    const begun = yield* DateTime.now
    // Asking an engine that still computes is part of the same attempt.
    const attempts = read.attempts + (Option.isSome(computing) ? 0 : 1)
    const { row, operation } = yield* store.attemptTurn(read, turn, attempts)
    return yield* generate(row, turn, operation, computing).pipe(
      Effect.catchTags({
        GameGone: (gone) => Effect.as(drop(row, operation)(gone), undefined),
        StillComputing: (engine) => Effect.as(waitOn(row, engine, operation, begun), undefined)
      }),
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          const error = errorOf(cause)
          const { reason, outOfMemory } = yield* engineFailure(host, row.game_id, cause)
          const hopeless = outOfMemory || (error?._tag === "EngineStartFailed" && error.permanent)
          const hasRoom = !(error?._tag === "EngineStartFailed" && error.noRoom === true)
          yield* hopeless || (hasRoom && row.attempts >= config.turnAttempts)
            ? giveUp(row, reason, operation)
            : retryLater(row, reason, operation, hasRoom)
          return undefined
        })
      )
    )
  }, Effect.scoped)

  /** A game that is gone meanwhile: then its runtime is stopped. */
  const ifGone = (row: RuntimeRow) => (gone: GameGone) => Effect.as(drop(row, undefined)(gone), undefined)

  return {
    settle: (row: RuntimeRow) => Effect.catchTag(settle(row), "GameGone", ifGone(row)),
    cutoff: (row: RuntimeRow) => Effect.catchTag(cutoff(row), "GameGone", ifGone(row)),
    attempt,
    again: (row: RuntimeRow) => Effect.catchTag(again(row), "GameGone", ifGone(row))
  }
})
