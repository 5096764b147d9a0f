/**
 * Carries out orders about single seats: a race leaves the game, or the engine plays it.
 *
 * An engine that can't be reached is asked again later. One that refuses, because the race is out already, has nothing
 * left to do. Where it has no computer players, the race leaves the game instead. The player is told together with the
 * outcome, so that they hear what really happened.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { StorageError } from "../shared/StorageError.ts"
import { retryAt } from "./Attempts.ts"
import { engineFailure, errorOf } from "./engineFailure.ts"
import * as EnginePlacing from "./EnginePlacing.ts"
import { OperationLog } from "./OperationLog.ts"
import { RuntimeEvents, type SeatReport } from "./RuntimeEvents.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"
import { RuntimeStale } from "./RuntimeStale.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import { type PendingSeatOrder, SeatOrders } from "./SeatOrders.ts"
import * as StateMoves from "./vault/StateMoves.ts"

/** Carries out the orders of a game in play that are due. Fails only if an outcome could not be stored. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const events = yield* RuntimeEvents
  const orders = yield* SeatOrders
  const log = yield* OperationLog
  const placing = yield* EnginePlacing.make
  const client = yield* EngineClient
  const host = yield* EngineHost
  const moves = yield* StateMoves.make
  const config = yield* RuntimeConfig

  /** Stores the outcome of a takeover and tells the player, or nobody where the game has ended meanwhile. */
  const telling = <A, E>(
    gameId: GameId,
    { enginePlayerId }: PendingSeatOrder,
    what: SeatReport["what"],
    store: Effect.Effect<A, E>
  ) =>
    StorageError.refail(
      sql.withTransaction(
        events.onSeat({ gameId, enginePlayerId, what }).pipe(
          Effect.catchTag("GameGone", () => Effect.void),
          Effect.andThen(store)
        )
      )
    )

  /** Returns the order that takes this one's place, if the engine can't do what it says. */
  const one = Effect.fnUntraced(function* (own: EnginePlacing.OwnRow, order: PendingSeatOrder) {
    const { row } = own
    const operation = yield* log.begin(row.game_id, order.order, null)
    const seats = yield* store.seats(row.game_id)
    return yield* Effect.gen(function* () {
      const engine = yield* placing.hold(own, seats.length)
      if (Object.keys(engine.change).length > 0) own.row = yield* store.write(own.row, engine.change)
      const kept = yield* order.order === "banish"
        ? client.banish(engine, order.raceName)
        : client.computer(engine, order.raceName)
      const keep = Effect.catchTag(yield* moves.keeping(own.row, engine.instance, kept), "StateOvertaken", () =>
        Effect.fail(new RuntimeStale())
      )
      const done = Effect.andThen(orders.done(row.game_id, order), keep)
      yield* order.order === "banish"
        ? StorageError.refail(sql.withTransaction(done))
        : telling(row.game_id, order, "taken_over", done)
      yield* log.end(operation, null)
      return undefined
    }).pipe(
      Effect.scoped,
      Effect.catchTag("EngineRefused", (refusal) =>
        Effect.gen(function* () {
          const unable = refusal.code === "not_found" || refusal.code === "invalid_request"
          yield* log.end(operation, `the engine refused: ${refusal.message}`)
          if (order.order === "computer" && unable) {
            return yield* telling(row.game_id, order, "leaves", orders.banishInstead(row.game_id, order))
          }
          yield* orders.refused(row.game_id, order)
          return undefined
        })
      ),
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          if (errorOf(cause)?._tag === "StorageError") return yield* Effect.failCause(cause)
          const { reason } = yield* engineFailure(host, own.row, cause)
          yield* orders.retry(row.game_id, order, retryAt(config, order.attempts + 1, yield* DateTime.now))
          yield* log.end(operation, reason)
          return undefined
        })
      )
    )
  })

  return Effect.fn("SeatJob.attempt")(function* (row: RuntimeRow) {
    const own: EnginePlacing.OwnRow = { row }
    for (const order of yield* orders.due(row.game_id, config.longestBackoff)) {
      const instead = yield* one(own, order)
      if (instead !== undefined) yield* one(own, instead)
    }
  })
})
