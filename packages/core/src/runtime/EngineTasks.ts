/**
 * What was ordered of a game's engine outside of a start or a turn: that it is ended, or started anew, perhaps on
 * another version.
 *
 * Each attempt ends with the task done, a retry planned, or the task given up. A version that was patched in and doesn't
 * get up is taken back.
 */
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { EngineHost } from "../engine/EngineHost.ts"
import { reasonOf, retryAt } from "./Attempts.ts"
import { engineFailure, errorOf } from "./engineFailure.ts"
import { EngineHosts } from "./EngineHosts.ts"
import * as EnginePlacing from "./EnginePlacing.ts"
import * as EngineRuns from "./EngineRuns.ts"
import { boundTo } from "./Placement.ts"
import { OperationLog } from "./OperationLog.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { type RuntimeChange, type RuntimeRow, versionBack } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"

/** The reason of a failed attempt. That of a turn which was given up stays: the attempt's own is in the log. */
const failed = (row: RuntimeRow, reason: string): RuntimeChange =>
  row.status === "generation_failed" ? {} : { failure_reason: reason }

/** The tasks, each for a row just read: `end` and `renew`. Both fail with `RuntimeStale` for a row that was written. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const log = yield* OperationLog
  const host = yield* EngineHost
  const placing = yield* EnginePlacing.make
  const hosts = yield* EngineHosts
  const bound = yield* boundTo
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig

  /**
   * Ends the engine of a game that was stopped. Of one that was never played nothing is left: its next start may have
   * other players. The row is written first, so that an owner who was overtaken deletes nothing of its successor's.
   */
  const end = Effect.fn("EngineTasks.end")(function* (row: RuntimeRow) {
    const { mine, operation } = yield* sql.withTransaction(
      Effect.gen(function* () {
        const mine = yield* store.write(row, {})
        return { mine, operation: yield* log.begin(row.game_id, "stop", null) }
      })
    )
    yield* Effect.tapCause(
      EngineRuns.unlessGone(mine.started_at === null ? EngineRuns.discard(host, mine) : EngineRuns.stop(host, mine)),
      (cause) => Effect.ignore(log.end(operation, reasonOf(cause)))
    )
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* store.write(mine, { engine_task: null, current_container_id: null, engine_endpoint: null })
        yield* log.end(operation, null)
      })
    )
  })

  /** To be called before the row is written: it locks the lobby's row, which comes first everywhere. */
  const tell = (row: RuntimeRow, engineVersion = row.engine_version) =>
    events.onSnapshot({
      gameId: row.game_id,
      currentTurn: row.current_turn,
      runtimeStatus: row.status,
      nextTurnAt: row.next_turn_at ?? undefined,
      players: [],
      advanced: false,
      engineVersion: engineVersion ?? undefined
    })

  /** Takes a version back that didn't get up, or gives a restart up: the next call that needs the engine starts it. */
  const giveUp = (row: RuntimeRow, reason: string, operation: string, imageMissing: boolean) =>
    sql.withTransaction(
      Effect.gen(function* () {
        const back = versionBack(row)
        // The lobby's row first; of this trouble only operators are told, so that it takes no other lock.
        if (back !== undefined) yield* tell(row, back.engine_version)
        yield* events.onTrouble({
          gameId: row.game_id,
          what: imageMissing ? "image_missing" : "start_failed",
          detail: reason,
          ref: operation
        })
        yield* store.write(row, {
          ...back,
          engine_task: back === undefined ? null : "restart",
          next_attempt_at: null,
          attempts: 0,
          attempt_open: false,
          ...failed(row, reason)
        })
        yield* log.end(operation, reason)
      })
    )

  /** Starts the engine anew, on the row's version. */
  const renew = Effect.fn("EngineTasks.renew")(function* (read: RuntimeRow) {
    const moves = (yield* hosts.look).some((it) => it.hostId === read.engine_host && it.draining)
    const op = read.engine_task === "patch" ? "patch" : moves && bound(read) === undefined ? "move" : "restart"
    const { row: begun, operation } = yield* sql.withTransaction(
      Effect.gen(function* () {
        const row = yield* store.write(read, { attempts: read.attempts + 1, attempt_open: true })
        return {
          row,
          operation: yield* log.begin(row.game_id, op, null)
        }
      })
    )
    const own: EnginePlacing.OwnRow = { row: begun }
    yield* Effect.gen(function* () {
      // A game that moves is served where it is until another host takes it. Where its host doesn't answer, the start ends
      // it, or the sweep once the engine runs elsewhere.
      if (op !== "move") yield* Effect.ignore(EngineRuns.stop(host, begun))
      const seats = yield* store.seats(begun.game_id)
      const engine = yield* placing.hold(own, seats.length, { renewed: true })
      const { row } = own
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* tell(row)
          yield* store.write(row, {
            engine_task: null,
            previous_version: null,
            previous_image: null,
            next_attempt_at: null,
            attempts: 0,
            attempt_open: false,
            failure_reason: row.status === "generation_failed" ? row.failure_reason : null,
            ...engine.change,
            last_observed_at: yield* DateTime.nowAsDate
          })
          yield* log.end(operation, null)
        })
      )
    }).pipe(
      Effect.scoped,
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          const { row } = own
          const error = errorOf(cause)
          const { reason, outOfMemory } = yield* engineFailure(host, row, cause)
          const hopeless = outOfMemory || (error?._tag === "EngineStartFailed" && error.permanent)
          yield* Effect.logWarning("an engine could not be started anew").pipe(
            Effect.annotateLogs({ attempt: row.attempts, reason })
          )
          const hasRoom = !(error?._tag === "EngineStartFailed" && error.noRoom === true)
          if (hasRoom && (hopeless || row.attempts >= config.startAttempts)) {
            const imageMissing = error?._tag === "EngineStartFailed" && error.imageMissing === true
            return yield* giveUp(row, reason, operation, imageMissing)
          }
          const now = yield* DateTime.now
          yield* sql.withTransaction(
            Effect.gen(function* () {
              yield* store.write(row, {
                attempt_open: false,
                next_attempt_at: DateTime.toDate(retryAt(config, row.attempts, now)),
                ...failed(row, reason)
              })
              yield* log.end(operation, reason)
            })
          )
        })
      )
    )
  })

  return { end, renew }
})
