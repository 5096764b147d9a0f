/**
 * What becomes of an attempt that did not make the turn: it is repeated later, its engine is left at work, or the turn
 * is given up.
 *
 * Each outcome is stored before the engine is ended, so that an owner that was overtaken ends no engine of another.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect, FiberMap, Option } from "effect"
import { SqlClient } from "effect/sql"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import * as EngineRuns from "./EngineRuns.ts"
import { decided, refused, waitsForRoom } from "./decisions.ts"
import { retryAt } from "./Attempts.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { OperationLog } from "./OperationLog.ts"
import { deadlineChange, type RuntimeRow, versionBack } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import type { StillComputing } from "./StillComputing.ts"
import * as TurnMetrics from "./turnMetrics.ts"

/** A length of time in words, to the minute from two minutes on: "15 minutes". */
const spelled = (time: Duration.Duration): string => {
  const seconds = Math.round(Duration.toSeconds(time))
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
}

/** How long an engine that computes is kept awake until it is asked again, which happens after seconds. */
const untilAsked = "5 minutes"

/** Of what an attempt failed: there was no room for the engine, the engine refused the turn, or anything else. */
export type FailedBy = "no-room" | "refused" | "failed"

const untilForced = "is not tried again until it is forced"

/** What is decided where it is tried again. */
const again: Readonly<Record<FailedBy, string>> = {
  "no-room": waitsForRoom("turn"),
  refused: refused("turn", "is tried again"),
  failed: "the turn could not be made and is tried again"
}

/** What an operator can do about a turn that was given up. */
const advice = (row: RuntimeRow) =>
  `mend the cause or raise the engine's limit, then POST /api/v1/admin/runtimes/${row.game_id}/force-next-turn to try the turn again`

/**
 * The outcomes, each for the row of the attempt and the id of its operation in the log: `retryLater`, `waitOn` for an
 * engine that is still computing, `giveUp`, and `drop` for a game that is gone.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const log = yield* OperationLog
  const host = yield* EngineHost
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig
  /** Engines that are left at work are kept from being put to sleep. */
  const atWork = yield* FiberMap.make<GameId>()

  /**
   * Plans the next attempt and ends the engine, which may be stuck for good: the next attempt gets a new one on the
   * same state. An attempt that found no room for an engine doesn't count.
   */
  const retryLater = Effect.fnUntraced(function* (
    row: RuntimeRow,
    reason: string,
    operation: string,
    why: FailedBy = "failed"
  ) {
    const now = yield* DateTime.now
    const counts = why !== "no-room"
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* store.write(row, {
          generating_since: null,
          attempt_open: false,
          ...(counts ? {} : { attempts: Math.max(1, row.attempts - 1) }),
          next_attempt_at: DateTime.toDate(retryAt(config, counts ? row.attempts : 1, now)),
          ...decided(again[why], now),
          failure_reason: reason
        })
        yield* log.end(operation, reason)
      })
    )
    yield* Effect.ignore(EngineRuns.stop(host, row))
    TurnMetrics.attempts(1, "retried")
    yield* Effect.logError("a turn could not be made").pipe(
      Effect.annotateLogs({ turn: row.generating_turn, attempt: row.attempts, reason })
    )
  })

  /** The game is gone, or its state has moved on: there is nobody left to make turns for. Its state is kept. */
  const drop = (row: RuntimeRow, operation: string | undefined) => (why: { readonly message: string }) =>
    sql
      .withTransaction(
        Effect.gen(function* () {
          yield* store.write(row, {
            ...versionBack(row),
            status: "stopped",
            engine_task: null,
            generating_since: null,
            attempt_open: false,
            ...deadlineChange(null, yield* DateTime.now),
            next_attempt_at: null,
            failure_reason: why.message,
            current_container_id: null,
            engine_endpoint: null
          })
          if (operation !== undefined) yield* log.end(operation, why.message)
        })
      )
      .pipe(
        Effect.andThen(Effect.ignore(EngineRuns.stop(host, row))),
        Effect.tap(() => Effect.sync(() => TurnMetrics.attempts(1, "dropped"))),
        Effect.andThen(Effect.annotateLogs(Effect.logWarning("the game of a turn is gone"), { reason: why.message }))
      )

  /** Ends the attempts at a turn. The write window stays closed, since what players may order depends on the turn. */
  const giveUp = (row: RuntimeRow, reason: string, operation: string, why: FailedBy = "failed") =>
    sql
      .withTransaction(
        Effect.gen(function* () {
          yield* events.onSnapshot({
            gameId: row.game_id,
            currentTurn: row.current_turn,
            runtimeStatus: "generation_failed",
            players: [],
            advanced: false
          })
          yield* store.write(row, {
            status: "generation_failed",
            generating_since: null,
            attempt_open: false,
            // A turn that was forced meanwhile would start the attempts anew, by nobody's decision.
            force_next_turn: false,
            next_attempt_at: null,
            failure_reason: reason,
            ...decided(
              why === "refused" ? refused("turn", untilForced) : `the turn has failed, and ${untilForced}`,
              yield* DateTime.now
            )
          })
          yield* log.end(operation, reason)
          yield* events.onTrouble({
            gameId: row.game_id,
            what: "turn_failed",
            detail: reason,
            turn: row.generating_turn ?? row.current_turn + 1,
            ref: operation
          })
        })
      )
      .pipe(
        Effect.andThen(Effect.ignore(EngineRuns.stop(host, row))),
        Effect.tap(() => Effect.sync(() => TurnMetrics.attempts(1, "given_up"))),
        Effect.andThen(
          Effect.logError("a turn has failed and is not tried again").pipe(
            Effect.annotateLogs({
              turn: row.generating_turn,
              attempt: row.attempts,
              reason,
              what_to_do: advice(row)
            })
          )
        ),
        Effect.catchTag("GameGone", drop(row, operation))
      )

  /**
   * Leaves the engine at work, to be asked again soon; ends it if it has been for too long. Fails with
   * `EngineUnreachable` if it has ended.
   */
  const waitOn = Effect.fnUntraced(function* (
    row: RuntimeRow,
    engine: StillComputing,
    operation: string,
    begun: DateTime.Utc
  ) {
    const now = yield* DateTime.now
    const { run } = engine
    const runs = yield* host.inspect(run).pipe(
      Effect.map(Option.isSome),
      // Not known to have ended.
      Effect.catchTag("EngineHostUnavailable", () => Effect.succeed(true))
    )
    // It isn't idle though nobody waits for it.
    yield* FiberMap.run(atWork, row.game_id, Effect.scoped(Effect.andThen(host.hold(run), Effect.sleep(untilAsked))))
    const known = row.current_container_id === engine.instanceId ? row.generating_since : null
    // A time in the future was noted by a clock that was wrong.
    const since = known === null || DateTime.isGreaterThan(known, now) ? begun : known
    const limit = Duration.fromInputUnsafe(config.longestTurn)
    if (!runs) return yield* new EngineUnreachable({ reason: "the engine ended while it computed the turn" })
    if (Duration.isGreaterThanOrEqualTo(DateTime.distance(since, now), limit)) {
      const reason = `the engine did not finish the turn within ${spelled(limit)}, its time limit for a turn`
      return yield* (row.attempts > 1 ? giveUp : retryLater)(row, reason, operation)
    }
    const reason = `the engine has been computing the turn since ${DateTime.formatIso(since)}`
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* store.write(row, {
          generating_since: DateTime.toDate(since),
          attempt_open: false,
          current_container_id: engine.instanceId,
          engine_endpoint: engine.endpoint,
          // Not at once: other games get their turn in between.
          next_attempt_at: DateTime.toDate(retryAt(config, 1, now)),
          failure_reason: reason,
          ...decided("the engine is still computing the turn", now)
        })
        yield* log.end(operation, reason)
      })
    )
    TurnMetrics.attempts(1, "computing")
    if (known === null) {
      yield* Effect.logWarning("an engine takes long to compute a turn; it is left at work").pipe(
        Effect.annotateLogs({ turn: row.generating_turn })
      )
    }
  })

  return { retryLater, waitOn, giveUp, drop }
})
