/** How many turns in a row players have given no orders for: the column `missed_turns` of `memberships`. */
import { GameId, MembershipId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"

const Row = Schema.Struct({
  game_id: GameId,
  user_id: UserId,
  membership_id: MembershipId,
  race_name: Schema.String,
  joined_at: Schema.DateTimeUtcFromDate,
  missed_turns: Schema.Int
})

/** An active member who has given no orders for this many turns in a row. */
export type Absence = typeof Row.Type

const Awaited = Schema.Struct({
  user_id: UserId,
  race_name: Schema.String,
  missed_turns: Schema.Int,
  given: Schema.Boolean
})

/** An active member who plays for themselves, and whether their orders for a turn are there. */
export type Awaited = typeof Awaited.Type

/** Counts missed turns. Callers hold the game's row lock. Fails with `StorageError` only. */
export class Attendance extends Context.Service<
  Attendance,
  {
    /**
     * Counts the turn for which orders could be given until now, and returns those who have missed it. Neither
     * eliminated players count nor those whose seat the engine has taken; whoever said that they are ready was there,
     * even if they changed their mind.
     * A turn that was `forced` is missed by nobody, but whoever was there is counted anew.
     */
    count(gameId: GameId, turn: number, forced: boolean): Effect.Effect<ReadonlyArray<Absence>, StorageError>
    /** Who may give orders for this turn, and whether they have or are ready; by missed turns, most first. */
    expected(gameId: GameId, turn: number): Effect.Effect<ReadonlyArray<Awaited>, StorageError>
    /** The same for several games. */
    countAll(
      games: ReadonlyArray<{ readonly gameId: GameId; readonly turn: number; readonly forced: boolean }>
    ): Effect.Effect<ReadonlyArray<Absence>, StorageError>
    /** Nobody has missed a turn so far. */
    countAnew(gameId: GameId): Effect.Effect<void, StorageError>
    /** The engine plays the user's seat from now on. */
    takenOver(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/lobby/membership/Attendance") {}

/** `Attendance` over PostgreSQL. */
export const layer: Layer.Layer<Attendance, never, SqlClient.SqlClient> = Layer.effect(
  Attendance,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const count = SqlSchema.findAll({
      Request: Schema.String,
      Result: Row,
      execute: (games) => sql`
        WITH counted AS (
          UPDATE backend.memberships m SET missed_turns =
            CASE WHEN m.orders_given_turn >= g.turn OR m.seen_turn >= g.turn THEN 0
              ELSE m.missed_turns + CASE WHEN g.forced THEN 0 ELSE 1 END END
          FROM jsonb_to_recordset(${games}::text::jsonb) AS g("gameId" uuid, turn int, forced boolean)
          WHERE m.game_id = g."gameId" AND m.status = 'active' AND m.taken_over_at IS NULL
            AND m.eliminated IS NOT TRUE
          RETURNING m.game_id, m.user_id, m.membership_id, m.race_name, m.joined_at, m.missed_turns, g.forced)
        SELECT * FROM counted WHERE missed_turns > 0 AND NOT forced ORDER BY user_id`
    })
    const expected = SqlSchema.findAll({
      Request: Schema.Struct({ gameId: GameId, turn: Schema.Int }),
      Result: Awaited,
      execute: ({ gameId, turn }) => sql`
        SELECT user_id, race_name, missed_turns,
          coalesce(orders_given_turn >= ${turn} OR ready_turn >= ${turn}, false) AS given
        FROM backend.memberships
        WHERE game_id = ${gameId} AND status = 'active' AND taken_over_at IS NULL AND eliminated IS NOT TRUE
        ORDER BY missed_turns DESC, user_id`
    })
    const countAll = (
      games: ReadonlyArray<{ readonly gameId: GameId; readonly turn: number; readonly forced: boolean }>
    ) => (games.length === 0 ? Effect.succeed([]) : StorageError.refail(count(JSON.stringify(games))))
    return Attendance.of({
      expected: (gameId, turn) => StorageError.refail(expected({ gameId, turn })),
      count: (gameId, turn, forced) => countAll([{ gameId, turn, forced }]),
      countAll,
      countAnew: (gameId) =>
        StorageError.refail(
          Effect.asVoid(sql`
            UPDATE backend.memberships SET missed_turns = 0
            WHERE game_id = ${gameId} AND missed_turns > 0 AND taken_over_at IS NULL`)
        ),
      takenOver: Effect.fnUntraced(function* (gameId, userId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.memberships SET taken_over_at = ${now} WHERE game_id = ${gameId} AND user_id = ${userId}`
      }, StorageError.refail)
    })
  })
)
