/** How many games a user may play in at once. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"
import { textLock } from "../../shared/textLock.ts"
import { Limits } from "../../standing/Limits.ts"
import { TooManyMemberships } from "../game/GameError.ts"
import { terminal } from "../game/GameState.ts"

/** Checks one user who is about to be seated. */
export type SeatLimit = (userId: UserId) => Effect.Effect<void, TooManyMemberships | StorageError>

/**
 * Makes a check that fails where the user has a seat in as many games as they may. Games that have ended don't count.
 * It locks the user's seats to the end of the transaction, so that of two who are seated at once both count; call it
 * with the game locked, and before a race name is reserved.
 */
export const seatLimit: Effect.Effect<SeatLimit, never, SqlClient.SqlClient | Limits> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const limits = yield* Limits
  return Effect.fn("SeatLimit.check")(function* (userId: UserId) {
    yield* textLock(sql, `galaxy/member/${userId}`)
    const [taken] = yield* sql<{ readonly seats: number }>`
      SELECT count(*)::int AS seats FROM backend.memberships m JOIN backend.games g USING (game_id)
      WHERE m.user_id = ${userId} AND m.status = 'active' AND NOT ${sql.in("g.status", terminal)}`
    const limit = (yield* limits.of(userId)).max_memberships.value
    if ((taken?.seats ?? 0) >= limit) return yield* new TooManyMemberships({ limit })
  }, StorageError.refail)
})
