/**
 * The race-name directory: names reserved for a game, pending registration, and registered for good.
 *
 * Every write first takes the key's advisory lock, held to the end of the caller's transaction, so that what it has read
 * about the key stays true until it commits. Who locks several keys takes them in ascending order.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { accept, keyOf, RaceNameInvalid, type RaceName, type RaceNameKey, RaceNameTaken } from "./RaceName.ts"

export interface NameReservation {
  readonly name: RaceName
  readonly key: RaceNameKey
}

export class RaceNames extends Context.Service<
  RaceNames,
  {
    /**
     * Reserves a name in a game, in the caller's transaction. The user's own registration or reservations elsewhere are no
     * obstacle; another user's registration, pending registration, or reservation in this game is.
     */
    reserve(request: {
      readonly gameId: GameId
      readonly userId: UserId
      readonly name: string
    }): Effect.Effect<NameReservation, RaceNameInvalid | RaceNameTaken | StorageError>
    /** Gives up what a user has reserved in a game; nothing reserved is no error. */
    release(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/race-name/RaceNames") {}

export const layer: Layer.Layer<RaceNames, never, SqlClient.SqlClient> = Layer.effect(
  RaceNames,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const lock = (key: RaceNameKey) =>
      sql`SELECT pg_advisory_xact_lock(hashtextextended(${`galaxy/race-name/${key}`}, 0))`

    /** Bindings of a key that keep this user from it in this game. */
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
