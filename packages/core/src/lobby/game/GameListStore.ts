/**
 * Lists of games, newest first, each in one statement whatever its length.
 *
 * The position of the page bounds every branch of a query, so that a page costs its own rows and no others.
 */
import type { GameStatus, OwnSeat, Visibility } from "@galaxy/contract/api/UserLobby"
import { type GameId, MembershipId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema, Struct } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { PagePosition } from "../../shared/Page.ts"
import { present, withoutNulls } from "../../shared/rows.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { type Game, gameColumns, GameRow, nameKey } from "./GameRow.ts"
import { isInvited } from "./invitation.ts"
import type { Relation } from "./GameStore.ts"

/** Which of the public games a player wants to see. */
export interface PublicFilter {
  /** Only games whose enrolment is open. */
  readonly open?: boolean | undefined
  /** Only games that the player may join now, private ones with an invite for them included. */
  readonly toJoin?: boolean | undefined
  /** Only names that begin like this; letter case doesn't matter. */
  readonly name?: string | undefined
}

/** Which games an administrator wants to see. */
export interface AdminFilter {
  readonly status?: GameStatus | undefined
  readonly visibility?: typeof Visibility.Type | undefined
  readonly owner?: UserId | undefined
  /** Only names that begin like this; letter case doesn't matter. */
  readonly name?: string | undefined
}

type Rows = Effect.Effect<ReadonlyArray<Game>, StorageError>

/** Reads games for lists. Fails with `StorageError` only. */
export class GameListStore extends Context.Service<
  GameListStore,
  {
    /** One game with the user's seat in it, and how they stand to it. */
    one(
      gameId: GameId,
      userId: UserId
    ): Effect.Effect<Option.Option<{ readonly game: Game; readonly relation: Relation }>, StorageError>
    /** Games that the user owns or plays in, with their seats. */
    mine(userId: UserId, after: PagePosition, limit: number): Rows
    /** Public games, with the user's seats in them. */
    open(userId: UserId, filter: PublicFilter, after: PagePosition, limit: number): Rows
    /** All games, for administrators. */
    all(filter: AdminFilter, after: PagePosition, limit: number): Rows
  }
>()("@galaxy/core/lobby/game/GameListStore") {}

const Seat = Schema.Struct({
  seat_id: Schema.NullOr(MembershipId),
  seat_race_name: Schema.NullOr(Schema.String),
  seat_status: Schema.NullOr(Schema.Literals(["active", "removed", "blocked"])),
  seat_orders_given_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  seat_orders: Schema.NullOr(Schema.Int),
  seat_refused: Schema.NullOr(Schema.Int),
  seat_orders_turn: Schema.NullOr(Schema.Int),
  seat_ready_turn: Schema.NullOr(Schema.Int)
})
const SeatedRow = Schema.Struct({ ...GameRow.fields, ...Seat.fields })
const OneRow = Schema.Struct({ ...SeatedRow.fields, invited: Schema.Boolean })

const seatColumns = `
  s.membership_id AS seat_id, s.race_name AS seat_race_name, s.status AS seat_status,
  s.orders_given_at AS seat_orders_given_at, s.orders_count AS seat_orders, s.orders_refused AS seat_refused,
  s.orders_given_turn AS seat_orders_turn, s.ready_turn AS seat_ready_turn`

const seatOf = (row: typeof Seat.Type, turn: number): typeof OwnSeat.Type | undefined =>
  row.seat_id === null || row.seat_race_name === null || row.seat_status === null
    ? undefined
    : {
        membership_id: row.seat_id,
        race_name: row.seat_race_name,
        status: row.seat_status,
        ...present("orders_given_at", row.seat_orders_given_at),
        // Those of a turn that has been made say nothing of the one that waits for orders.
        ...present("orders", row.seat_orders_turn === turn ? row.seat_orders : null),
        ...present("refused", row.seat_orders_turn === turn ? row.seat_refused : null),
        ready: row.seat_ready_turn === turn
      }

const seatKeys = Struct.keys(Seat.fields)

const seated = (row: typeof SeatedRow.Type): Game => {
  const membership = seatOf(row, row.current_turn)
  return { ...withoutNulls(Struct.omit(row, seatKeys)), ...(membership === undefined ? {} : { membership }) }
}

/** Sorts after every name that begins with the key. */
const lastCharacter = "\u{10FFFF}"

/** `GameListStore` over PostgreSQL. */
export const layer: Layer.Layer<GameListStore, never, SqlClient.SqlClient> = Layer.effect(
  GameListStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql.literal(gameColumns)
    const withSeat = sql.literal(`${gameColumns}, ${seatColumns}`)
    const seatOfUser = (userId: UserId) =>
      sql`LEFT JOIN backend.memberships s ON s.game_id = g.game_id AND s.user_id = ${userId}`

    const before = (table: "g" | "p", { createdAt, id }: PagePosition) =>
      sql`(${sql.literal(table)}.created_at, ${sql.literal(table)}.game_id) < (${createdAt}, ${id}::uuid)`
    const named = (table: "g" | "p", name: string | undefined) => {
      if (name === undefined) return []
      const key = nameKey(name)
      const column = sql.literal(`${table}.name_key`)
      return [sql`${column} >= ${key} AND ${column} < ${key + lastCharacter}`]
    }
    const newest = sql.literal("ORDER BY g.created_at DESC, g.game_id DESC")
    const newestOfBranch = sql.literal("ORDER BY p.created_at DESC, p.game_id DESC")

    const decodeSeated = Schema.decodeUnknownEffect(Schema.Array(SeatedRow))
    const decodePlain = Schema.decodeUnknownEffect(Schema.Array(GameRow))
    const decodeOne = Schema.decodeUnknownEffect(Schema.Array(OneRow))

    const seatedRows = (userId: UserId, where: Statement.Fragment, limit: number) =>
      StorageError.refail(
        Effect.flatMap(
          sql`SELECT ${withSeat} FROM backend.games g ${seatOfUser(userId)} WHERE ${where} ${newest} LIMIT ${limit}`,
          (rows) => Effect.map(decodeSeated(rows), (games) => games.map(seated))
        )
      )

    const one = Effect.fnUntraced(function* (gameId: GameId, userId: UserId) {
      const now = yield* DateTime.nowAsDate
      const [row] = yield* decodeOne(
        yield* sql`
        SELECT ${withSeat}, ${isInvited(sql, sql.literal("g.game_id"), userId, now)} AS invited
        FROM backend.games g ${seatOfUser(userId)} WHERE g.game_id = ${gameId}`
      )
      if (row === undefined) return Option.none()
      const { invited, ...rest } = row
      return Option.some({ game: seated(rest), relation: { member: row.seat_status === "active", invited } })
    }, StorageError.refail)

    // `= ANY(ARRAY(…))` makes the planner look up the page's games by their ids; with `IN` it may read all games.
    const mine = Effect.fnUntraced(function* (userId: UserId, after: PagePosition, limit: number) {
      const where = sql`g.game_id = ANY(ARRAY(
        (SELECT p.game_id FROM backend.games p WHERE p.owner_user_id = ${userId} AND ${before("p", after)}
          ${newestOfBranch} LIMIT ${limit})
        UNION
        (SELECT p.game_id FROM backend.games p
          WHERE p.game_id = ANY(ARRAY(SELECT m.game_id FROM backend.memberships m
              WHERE m.user_id = ${userId} AND m.status = 'active'))
            AND ${before("p", after)}
          ${newestOfBranch} LIMIT ${limit})))`
      return yield* seatedRows(userId, where, limit)
    })

    /** Games that the user may join now: open public ones with a place left, and private ones with an invite. */
    const joinable = (userId: UserId, now: Date, filter: PublicFilter, after: PagePosition, limit: number) => {
      const inGame = (table: string, condition: Statement.Fragment) =>
        sql`EXISTS (SELECT 1 FROM backend.${sql.literal(table)} x
          WHERE x.game_id = p.game_id AND ${condition})`
      const common = sql.and([
        before("p", after),
        ...named("p", filter.name),
        sql`(p.enrollment_ends_at IS NULL OR p.enrollment_ends_at > ${now})`,
        sql`p.computer_players + (SELECT count(*) FROM backend.memberships m
          WHERE m.game_id = p.game_id AND m.status = 'active') < p.max_players`,
        sql`NOT ${inGame("memberships", sql`x.user_id = ${userId} AND x.status = 'active'`)}`,
        sql`NOT ${inGame("game_blocks", sql`x.user_id = ${userId}`)}`
      ])
      return sql`g.game_id = ANY(ARRAY(
        (SELECT p.game_id FROM backend.games p
          WHERE p.visibility = 'public' AND p.status = 'enrollment_open' AND ${common}
            AND NOT ${inGame("applications", sql`x.applicant_user_id = ${userId} AND x.status = 'pending'`)}
          ${newestOfBranch} LIMIT ${limit})
        UNION
        (SELECT p.game_id FROM backend.games p
          WHERE p.game_id = ANY(ARRAY(SELECT i.game_id FROM backend.invites i
              WHERE i.invited_user_id = ${userId} AND i.status = 'pending' AND i.expires_at > ${now}))
            AND p.status IN ('draft', 'enrollment_open', 'ready_to_start') AND ${common}
          ${newestOfBranch} LIMIT ${limit})))`
    }

    const open = Effect.fnUntraced(function* (
      userId: UserId,
      filter: PublicFilter,
      after: PagePosition,
      limit: number
    ) {
      const now = yield* DateTime.nowAsDate
      if (filter.toJoin === true) return yield* seatedRows(userId, joinable(userId, now, filter, after, limit), limit)
      const where = sql.and([
        sql`g.visibility = 'public'`,
        before("g", after),
        ...named("g", filter.name),
        ...(filter.open === true
          ? [sql`g.status = 'enrollment_open' AND (g.enrollment_ends_at IS NULL OR g.enrollment_ends_at > ${now})`]
          : [])
      ])
      return yield* seatedRows(userId, where, limit)
    })

    const all = Effect.fnUntraced(function* (filter: AdminFilter, after: PagePosition, limit: number) {
      const where = sql.and([
        before("g", after),
        ...named("g", filter.name),
        ...(filter.status === undefined ? [] : [sql`g.status = ${filter.status}`]),
        ...(filter.visibility === undefined ? [] : [sql`g.visibility = ${filter.visibility}`]),
        ...(filter.owner === undefined ? [] : [sql`g.owner_user_id = ${filter.owner}`])
      ])
      const rows = yield* sql`SELECT ${columns} FROM backend.games g WHERE ${where} ${newest} LIMIT ${limit}`
      return (yield* decodePlain(rows)).map((row) => withoutNulls(row))
    }, StorageError.refail)

    return GameListStore.of({ one, mine, open, all })
  })
)
