/** Everybody who is or was in a game, as administrators see them. */
import type { GameMember } from "@galaxy/contract/api/admin/Games"
import { GameId, MembershipId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { playerName } from "../../account/playerName.ts"
import { withoutNulls } from "../../shared/rows.ts"
import { StorageError } from "../../shared/StorageError.ts"

const Time = Schema.NullOr(Schema.DateTimeUtcFromDate)

const Row = Schema.Struct({
  membership_id: MembershipId,
  game_id: GameId,
  user_id: UserId,
  race_name: Schema.String,
  status: Schema.Literals(["active", "removed", "blocked"]),
  joined_at: Schema.DateTimeUtcFromDate,
  display_name: Schema.String,
  left_at: Time,
  planets: Schema.NullOr(Schema.Int),
  population: Schema.NullOr(Schema.Number),
  eliminated: Schema.Boolean,
  orders_given_at: Time,
  orders: Schema.NullOr(Schema.Int),
  refused: Schema.NullOr(Schema.Int)
})

/** Most memberships that are shown of one game. */
const most = 1_000

/** Reads memberships with all that is known of them. Fails with `StorageError` only. */
export class MemberRecords extends Context.Service<
  MemberRecords,
  {
    /** The game's memberships, active or not, in the order in which the players came; the first 1,000. */
    of(gameId: GameId): Effect.Effect<ReadonlyArray<typeof GameMember.Type>, StorageError>
  }
>()("@galaxy/core/lobby/membership/MemberRecords") {}

/** `MemberRecords` over PostgreSQL. */
export const layer: Layer.Layer<MemberRecords, never, SqlClient.SqlClient> = Layer.effect(
  MemberRecords,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))
    const of = Effect.fnUntraced(function* (gameId: GameId) {
      const rows = yield* sql`
        SELECT m.membership_id, m.game_id, m.user_id, m.race_name, m.status, m.joined_at, m.left_at, m.planets,
          m.population, m.eliminated, m.orders_given_at, m.orders_count AS orders, m.orders_refused AS refused,
          ${playerName(sql, "m.user_id")} AS display_name
        FROM backend.memberships m WHERE m.game_id = ${gameId} ORDER BY m.joined_at, m.membership_id LIMIT ${most}`
      return (yield* decode(rows)).map((row) => withoutNulls(row))
    }, StorageError.refail)
    return MemberRecords.of({ of })
  })
)
