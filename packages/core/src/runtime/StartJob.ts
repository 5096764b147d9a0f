/**
 * The start of a game: an engine, a galaxy, and, in one transaction, the running game.
 *
 * Each step is idempotent: a running engine is adopted, an existing galaxy is returned, and only the last step is
 * visible. After the last failed attempt nothing is left of the engine, so that another start begins afresh.
 *
 * A game that was in play before goes on with its galaxy: one is never made for it, and a start that fails leaves the
 * game stopped, with its state.
 */
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { retryAt } from "./Attempts.ts"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { engineFailure, errorOf } from "./engineFailure.ts"
import * as EnginePlacing from "./EnginePlacing.ts"
import * as EngineRuns from "./EngineRuns.ts"
import { standings } from "../engine/PlayerStanding.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { OperationLog } from "./OperationLog.ts"
import { rulesetChange } from "./rulesetChange.ts"
import { decided, refused, startOver, waitsForRoom } from "./decisions.ts"
import { deadlineChange, type RuntimeRow, versionBack } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import { scheduledAfter } from "./TurnTimes.ts"
import * as StateMoves from "./vault/StateMoves.ts"

/** What players read where the reason is for operators only. */
const notStarted = "the engine could not be started"

/**
 * Makes attempts to start games: each call is one attempt, for a row in state `starting`. It ends with the game
 * running, a retry planned, or, after `startAttempts` or a failure that can't heal, with the start failed.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const log = yield* OperationLog
  const placing = yield* EnginePlacing.make
  const client = yield* EngineClient
  const host = yield* EngineHost
  const moves = yield* StateMoves.make
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig

  const start = Effect.fnUntraced(function* (own: EnginePlacing.OwnRow, operation: string) {
    const seats = yield* store.seats(own.row.game_id)
    const engine = yield* placing.hold(own, seats.length)
    const { row } = own
    const wasInPlay = row.started_at !== null
    const status = yield* wasInPlay
      ? client.status(engine)
      : client.init(engine, {
          game_id: row.game_id,
          seed: row.seed,
          races: seats.map((it) => ({
            name: it.raceName,
            player_id: it.enginePlayerId,
            ...(it.computer === true ? { computer: true } : {})
          }))
        })
    const files = wasInPlay ? undefined : yield* moves.created(engine)
    // The engine may have made a turn that was never committed. It has happened for nobody yet, and is made again.
    const ahead = wasInPlay && status.turn === row.current_turn + 1
    const turn = wasInPlay ? row.current_turn : status.turn
    const players = yield* standings(status, row.game_id, ahead ? status.turn : turn, seats)
    const now = yield* DateTime.now
    const next = ahead ? null : scheduledAfter(row, now)
    const nextTurnAt = next?.at
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onRunning({
          gameId: row.game_id,
          currentTurn: turn,
          nextTurnAt,
          engineVersion: row.engine_version ?? ""
        })
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: turn,
          runtimeStatus: ahead ? "generation_in_progress" : "running",
          nextTurnAt,
          players: ahead ? [] : players,
          advanced: false
        })
        yield* store.write(row, {
          status: ahead ? "generation_in_progress" : "running",
          current_turn: turn,
          generating_turn: ahead ? status.turn : null,
          ...deadlineChange(next, now),
          next_attempt_at: ahead ? DateTime.toDate(now) : null,
          attempts: 0,
          attempt_open: false,
          previous_version: null,
          previous_image: null,
          failure_reason: null,
          ...engine.change,
          started_at: DateTime.toDate(row.started_at ?? now),
          last_observed_at: DateTime.toDate(now),
          ...(files === undefined ? {} : { state_in_database: true }),
          ...decided(wasInPlay ? "the game goes on" : "the game has started", now),
          ...rulesetChange(status)
        })
        if (files !== undefined) {
          yield* moves.vault.keepTurns([{ gameId: row.game_id, epoch: row.engine_epoch, files }])
        }
        yield* log.end(operation, null)
        // Somebody who wasn't ready may have left meanwhile.
        if (wasInPlay) yield* events.onReopened(row.game_id)
      })
    )
    yield* Effect.logInfo("a game has started")
  })

  /**
   * Ends the start for good and leaves nothing of it: its galaxy was never played, and the next start may have other
   * players. Of a game that was in play all is kept, and it is stopped again, on the version on which it was last up.
   * The row is written first, so that an owner who was overtaken deletes nothing of its successor's.
   */
  const end = Effect.fnUntraced(function* (
    row: RuntimeRow,
    reason: string,
    operation: string | undefined,
    decision: string
  ) {
    const mine = yield* store.write(row, { failure_reason: reason, ...decided(decision, yield* DateTime.now) })
    yield* EngineRuns.unlessGone(row.started_at === null ? EngineRuns.discard(host, row) : EngineRuns.stop(host, row))
    return (
      status: "start_failed" | "stopped",
      why: string,
      told: ReturnType<typeof events.onStopped>,
      trouble: ReturnType<typeof events.onStopped> = Effect.void
    ) =>
      sql.withTransaction(
        Effect.gen(function* () {
          yield* told
          yield* store.write(mine, {
            ...versionBack(mine),
            status,
            attempt_open: false,
            next_attempt_at: null,
            failure_reason: why,
            current_container_id: null,
            engine_endpoint: null
          })
          if (operation !== undefined) yield* log.end(operation, why)
          yield* trouble
        })
      )
  })

  /** The game is gone, or its state has moved on, while it was being started: there is nothing left to start. */
  const drop = (row: RuntimeRow, operation: string | undefined) => (why: { readonly message: string }) =>
    Effect.flatMap(end(row, why.message, operation, "the start is dropped: the game has moved on"), (close) =>
      close("stopped", why.message, Effect.void)
    )

  const giveUp = Effect.fnUntraced(function* (
    row: RuntimeRow,
    reason: string,
    forPlayers: string,
    operation: string | undefined,
    failed: "image-missing" | "refused" | "otherwise" = "otherwise"
  ) {
    const decision = failed === "refused" ? refused("start", startOver) : `the start has failed, and ${startOver}`
    const close = yield* end(row, reason, operation, decision)
    const { game_id: gameId } = row
    const trouble = events.onTrouble({
      gameId,
      what: failed === "image-missing" ? "image_missing" : "start_failed",
      detail: reason,
      ref: operation ?? `${gameId}:${row.row_version}`
    })
    const closed =
      row.started_at === null
        ? close("start_failed", reason, events.onStartFailed({ gameId, reason: forPlayers }), trouble)
        : close(
            "stopped",
            reason,
            events.onStopped({ gameId, reason, engineVersion: versionBack(row)?.engine_version }),
            trouble
          )
    yield* closed.pipe(
      Effect.andThen(Effect.logWarning("a game's start has failed").pipe(Effect.annotateLogs({ reason }))),
      Effect.catchTag("GameGone", (why) => close("stopped", why.message, Effect.void))
    )
  })

  /** A start that finds no room waits for some, and uses up no attempt. */
  const retryLater = Effect.fnUntraced(function* (row: RuntimeRow, reason: string, operation: string, counts: boolean) {
    const now = yield* DateTime.now
    const attempts = counts ? row.attempts : Math.max(1, row.attempts - 1)
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* store.write(row, {
          attempts,
          attempt_open: false,
          next_attempt_at: DateTime.toDate(retryAt(config, attempts, now)),
          ...decided(counts ? "the start has failed and is tried again" : waitsForRoom("start"), now),
          failure_reason: reason
        })
        yield* log.end(operation, reason)
      })
    )
    yield* Effect.logWarning("an attempt to start a game has failed").pipe(
      Effect.annotateLogs({ attempt: row.attempts, reason })
    )
  })

  /** One attempt. Fails only if its outcome could not be stored. */
  return Effect.fn("StartJob.attempt")(function* (read: RuntimeRow) {
    if (read.attempts >= config.startAttempts) {
      // The process died in the middle of every attempt, including the last.
      const reason = read.failure_reason ?? "the start was cut off each time"
      return yield* giveUp(read, reason, notStarted, undefined)
    }
    const { row, operation } = yield* sql.withTransaction(
      Effect.gen(function* () {
        const row = yield* store.write(read, { attempts: read.attempts + 1, attempt_open: true })
        return { row, operation: yield* log.begin(row.game_id, "start", null) }
      })
    )
    const own: EnginePlacing.OwnRow = { row }
    yield* Effect.scoped(start(own, operation)).pipe(
      Effect.catchTag("GameGone", (gone) => drop(own.row, operation)(gone)),
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          const { row } = own
          const error = errorOf(cause)
          const { reason, outOfMemory } = yield* engineFailure(host, row, cause)
          const hopeless =
            outOfMemory || (error?._tag === "EngineStartFailed" && error.permanent) || error?._tag === "EngineRefused"
          const hasRoom = !(error?._tag === "EngineStartFailed" && error.noRoom === true)
          // What an engine says of a game is for its players; how a process failed to start is not.
          const forPlayers = error?._tag === "EngineRefused" ? reason : notStarted
          return yield* hasRoom && (hopeless || row.attempts >= config.startAttempts)
            ? giveUp(
                row,
                reason,
                forPlayers,
                operation,
                error?._tag === "EngineRefused"
                  ? "refused"
                  : error?._tag === "EngineStartFailed" && error.imageMissing === true
                    ? "image-missing"
                    : "otherwise"
              )
            : retryLater(row, reason, operation, hasRoom)
        })
      )
    )
  })
})
