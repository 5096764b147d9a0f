/**
 * The race-name directory: names reserved for a game, pending registration, or registered for good.
 *
 * A reservation first takes the advisory lock of its key, held to the end of the caller's transaction, so that what it
 * has read about the key stays true until it commits. A transaction that locks several keys takes them in ascending
 * order.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { accept, keyOf, RaceNameInvalid, type RaceName, type RaceNameKey, RaceNameTaken } from "./RaceName.ts"

/** A name held in one game: as it is shown, and the key under which it is unique there. */
export interface NameReservation {
  readonly name: RaceName
  readonly key: RaceNameKey
}

/**
 * Decides who may use which race name. A registered name, or one pending registration, is its owner's on the whole
 * platform; a reservation counts in its own game only.
 */
export class RaceNames extends Context.Service<
  RaceNames,
  {
    /**
     * Reserves a name in a game, in the caller's transaction; reserving it again changes its spelling at most. The
     * user's own registration, or reservations in other games, don't stand in the way. Another user's registration,
     * pending registration, or reservation in this game does: `RaceNameTaken`.
     */
    reserve(request: {
      readonly gameId: GameId
      readonly userId: UserId
      readonly name: string
    }): Effect.Effect<NameReservation, RaceNameInvalid | RaceNameTaken | StorageError>
    /** Gives up everything the user has reserved in a game; having nothing reserved is not an error. */
    release(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/race-name/RaceNames") {}

/** `RaceNames` over PostgreSQL. */
export const layer: Layer.Layer<RaceNames, never, SqlClient.SqlClient> = Layer.effect(
  RaceNames,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const lock = (key: RaceNameKey) =>
      sql`SELECT pg_advisory_xact_lock(hashtextextended(${`galaxy/race-name/${key}`}, 0))`

    /** Rows of the directory that keep this user from using the key in this game. */
    const obstacles = (key: RaceNameKey, gameId: GameId, userId: UserId) => sql`
      SELECT 1 FROM backend.race_names
      WHERE canonical = ${key} AND owner_user_id <> ${userId}
        AND (status IN ('registered', 'pending_registration') OR game_id = ${gameId})
      LIMIT 1`

    const reserve = Effect.fn("RaceNames.reserve")(function* (request: {
      readonly gameId: GameId
      readonly userId: UserId
      readonly name: string
    }) {
      const name = accept(request.name)
      if (name instanceof RaceNameInvalid) return yield* name
      const key = keyOf(name)
      yield* lock(key)
      const taken = yield* obstacles(key, request.gameId, request.userId)
      if (taken.length > 0) return yield* new RaceNameTaken({ name })
      const id = yield* newId
      const now = yield* DateTime.nowAsDate
      const reserved = yield* sql`
        INSERT INTO backend.race_names AS held (race_name_id, name, canonical, status, owner_user_id, game_id, created_at)
        VALUES (${id}, ${name}, ${key}, 'reservation', ${request.userId}, ${request.gameId}, ${now})
        ON CONFLICT (game_id, canonical) WHERE status = 'reservation' DO UPDATE SET name = excluded.name
          WHERE held.owner_user_id = excluded.owner_user_id
        RETURNING 1`
      if (reserved.length === 0) return yield* new RaceNameTaken({ name })
      return { name, key }
    })

    const release = Effect.fn("RaceNames.release")(function* (gameId: GameId, userId: UserId) {
      yield* sql`
        DELETE FROM backend.race_names
        WHERE game_id = ${gameId} AND owner_user_id = ${userId} AND status = 'reservation'`
    })

    return RaceNames.of({
      reserve: (request) => StorageError.refail(sql.withTransaction(reserve(request))),
      release: (gameId, userId) => StorageError.refail(release(gameId, userId))
    })
  })
)
