/**
 * The rows of `games`.
 *
 * Whoever changes a game, or who belongs to it, locks the game's row first and so works on a consistent game.
 */
import { GameStatus, type Visibility } from "@galaxy/contract/api/UserLobby"
import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"
import type { Creation } from "./Creation.ts"
import type { GameSettings } from "./GameSettings.ts"
import { inPlay, terminal } from "./GameState.ts"
import { isInvited } from "./invitation.ts"
import { type Game, gameColumns, GameRow, nameKey } from "./GameRow.ts"
import { withoutNulls } from "../../shared/rows.ts"
import { textLock } from "../../shared/textLock.ts"

export type { Game } from "./GameRow.ts"

/** The columns of a new game that aren't defaults. `owner_user_id` is null for a public game only. */
export interface NewGame extends GameSettings {
  readonly game_id: GameId
  readonly owner_user_id: UserId | null
  readonly visibility: typeof Visibility.Type
}

/** The columns that change after creation. Absent ones stay; null clears one. */
export interface GameChange extends Partial<GameSettings> {
  readonly status?: GameStatus
  readonly current_turn?: number
  readonly runtime_status?: string
  readonly failure_reason?: string | null
  readonly next_turn_at?: Date | null
  readonly started_at?: Date
  readonly finished_at?: Date
}

/** As the database stores it, with what is derived from it. */
const columnsOf = <T extends Partial<GameSettings>>({ enrollment_ends_at: ends, ...rest }: T) => ({
  ...rest,
  ...(rest.game_name === undefined ? {} : { name_key: nameKey(rest.game_name) }),
  ...(ends === undefined ? {} : { enrollment_ends_at: ends === null ? null : DateTime.toDateUtc(ends) })
})

/** A game in play as the runtime has just seen it. */
export interface SeenGame {
  readonly game_id: GameId
  readonly current_turn: number
  readonly runtime_status: string
  readonly next_turn_at: Date | null
  /** The turn was made just now. */
  readonly advanced: boolean
  /** The turn was made before its time, so nobody has missed it. */
  readonly forced: boolean
}

/** What the lobby has to know of a game after its turn. */
export interface ObservedGame {
  readonly game_id: GameId
  readonly game_name: string
  readonly missed_turns_reminder: number | null
  readonly missed_turns_limit: number | null
}

/** How a user, other than as its owner, is connected to a game. */
export interface Relation {
  /** Has an active membership. */
  readonly member: boolean
  /** Has an invite, bound to this user, that they can still accept. Knowing the code of another one does not count. */
  readonly invited: boolean
}

/**
 * Reads and writes games. Knows no permissions: callers check them (`GameAccess`). Fails with `StorageError` only; a
 * row that disappears between two statements is a bug and dies.
 */
export class GameStore extends Context.Service<
  GameStore,
  {
    /** Stores a new game as a draft. */
    insert(game: NewGame, creation?: Creation): Effect.Effect<Game, StorageError>
    /** The owner's game, or the public one, that was asked for with this key, and its digest. */
    createdBy(
      owner: UserId | null,
      key: string
    ): Effect.Effect<Option.Option<{ readonly game: Game; readonly digest: string }>, StorageError>
    find(gameId: GameId): Effect.Effect<Option.Option<Game>, StorageError>
    /**
     * Locks the row to the end of the transaction, then reads it, so that what was read stays true until the commit.
     */
    lock(gameId: GameId): Effect.Effect<Option.Option<Game>, StorageError>
    /** The same in one statement. The count of members may be that of before it waited for the lock. */
    lockForEvent(gameId: GameId): Effect.Effect<Option.Option<Game>, StorageError>
    /**
     * Changes a game in one of these states whose turn isn't beyond `turn`, and returns it with the turn that it had
     * before; none for any other game. Locks the row to the end of the transaction.
     */
    observe(
      gameId: GameId,
      turn: number,
      statuses: ReadonlyArray<GameStatus>,
      change: GameChange
    ): Effect.Effect<Option.Option<{ readonly game: Game; readonly turnBefore: number }>, StorageError>
    /**
     * The same for several games, without waiting: games whose rows others hold are left out. So are those whose new
     * turn nobody has announced yet, and those in which a player may have missed one turn too many, which is more work.
     */
    observeAll(
      seen: ReadonlyArray<SeenGame>,
      statuses: ReadonlyArray<GameStatus>
    ): Effect.Effect<ReadonlyArray<ObservedGame>, StorageError>
    /** Changes the game and returns it. The caller holds the row's lock. */
    change(gameId: GameId, change: GameChange): Effect.Effect<Game, StorageError>
    relation(gameId: GameId, userId: UserId): Effect.Effect<Relation, StorageError>
    /**
     * Locks an owner, or all public games, to the end of the transaction, so that of two games created or started at
     * once the second sees the first.
     */
    lockOwner(owner: UserId | null): Effect.Effect<void, StorageError>
    /**
     * How many games of the owner have not ended, and how many of them have or are about to get an engine. Locks the
     * owner as `lockOwner` does.
     */
    countOwned(owner: UserId): Effect.Effect<{ readonly open: number; readonly inPlay: number }, StorageError>
  }
>()("@galaxy/core/lobby/game/GameStore") {}

/** `GameStore` over PostgreSQL. */
export const layer: Layer.Layer<GameStore, never, SqlClient.SqlClient> = Layer.effect(
  GameStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const columns = sql.literal(gameColumns)

    const select = SqlSchema.findOneOption({
      Request: GameId,
      Result: GameRow,
      execute: (gameId) => sql`SELECT ${columns} FROM backend.games g WHERE g.game_id = ${gameId}`
    })

    const selectLocked = SqlSchema.findOneOption({
      Request: GameId,
      Result: GameRow,
      execute: (gameId) => sql`SELECT ${columns} FROM backend.games g WHERE g.game_id = ${gameId} FOR UPDATE`
    })

    const update = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, updated: Schema.Record(Schema.String, Schema.Unknown) }),
      Result: GameRow,
      execute: ({ gameId, updated }) => sql`
        UPDATE backend.games g SET ${sql.update(updated)} WHERE g.game_id = ${gameId} RETURNING ${columns}`
    })

    const observed = SqlSchema.findOneOption({
      Request: Schema.Struct({
        gameId: GameId,
        turn: Schema.Int,
        statuses: Schema.Array(GameStatus),
        updated: Schema.Record(Schema.String, Schema.Unknown)
      }),
      Result: Schema.Struct({ ...GameRow.fields, turn_before: Schema.Int }),
      execute: ({ gameId, turn, statuses, updated }) => sql`
        WITH before AS (
          SELECT game_id AS id, current_turn AS turn_before FROM backend.games
          WHERE game_id = ${gameId} AND current_turn <= ${turn} AND ${sql.in("status", statuses)} FOR UPDATE)
        UPDATE backend.games g SET ${sql.update(updated)} FROM before WHERE g.game_id = before.id
        RETURNING ${columns}, before.turn_before`
    })

    const created = SqlSchema.findOneOption({
      Request: Schema.Struct({ owner: Schema.String, key: Schema.String }),
      Result: Schema.Struct({ ...GameRow.fields, creation_digest: Schema.String }),
      execute: ({ owner, key }) => sql`
        SELECT ${columns}, g.creation_digest FROM backend.games g
        WHERE coalesce(g.owner_user_id::text, '') = ${owner} AND g.creation_key = ${key}`
    })

    const lockOwner = (owner: UserId | null) => textLock(sql, `galaxy/game-owner/${owner ?? ""}`)

    const observedAll = SqlSchema.findAll({
      Request: Schema.Struct({ seen: Schema.String, statuses: Schema.Array(GameStatus), now: Schema.Date }),
      Result: Schema.Struct({
        game_id: GameId,
        game_name: Schema.String,
        missed_turns_reminder: Schema.NullOr(Schema.Int),
        missed_turns_limit: Schema.NullOr(Schema.Int)
      }),
      execute: ({ seen, statuses, now }) => sql`
        WITH before AS (
          SELECT s.* FROM jsonb_to_recordset(${seen}::text::jsonb) AS s(game_id uuid, current_turn int,
            runtime_status text, next_turn_at timestamptz, advanced boolean, forced boolean)
          JOIN backend.games g ON g.game_id = s.game_id
          WHERE ${sql.in("g.status", statuses)}
            AND CASE WHEN s.advanced THEN g.current_turn <= s.current_turn ELSE g.current_turn = s.current_turn END
            AND NOT (s.advanced AND NOT s.forced AND g.missed_turns_limit IS NOT NULL AND EXISTS (
              SELECT 1 FROM backend.memberships m
              WHERE m.game_id = g.game_id AND m.status = 'active' AND m.taken_over_at IS NULL
                AND m.missed_turns + 1 >= g.missed_turns_limit))
          ORDER BY g.game_id FOR NO KEY UPDATE OF g SKIP LOCKED)
        UPDATE backend.games g SET current_turn = s.current_turn, runtime_status = s.runtime_status,
          next_turn_at = s.next_turn_at, updated_at = ${now}
        FROM before s WHERE g.game_id = s.game_id
        RETURNING g.game_id, g.game_name, g.missed_turns_reminder, g.missed_turns_limit`
    })

    const find = (gameId: GameId) => Effect.map(select(gameId), Option.map(withoutNulls))

    const existing = (gameId: GameId) =>
      Effect.flatMap(find(gameId), (game) =>
        Option.isSome(game) ? Effect.succeed(game.value) : Effect.die(new Error("the game's row has disappeared"))
      )

    return GameStore.of({
      insert: Effect.fnUntraced(function* (game, creation) {
        const now = yield* DateTime.nowAsDate
        const created = { creation_key: creation?.key ?? null, creation_digest: creation?.digest ?? null }
        const row = { ...columnsOf(game), ...created, status: "draft", created_at: now, updated_at: now }
        yield* sql`INSERT INTO backend.games ${sql.insert(row)}`
        return yield* existing(game.game_id)
      }, StorageError.refail),
      find: (gameId) => StorageError.refail(find(gameId)),
      lockForEvent: (gameId) => StorageError.refail(Effect.map(selectLocked(gameId), Option.map(withoutNulls))),
      lock: Effect.fnUntraced(function* (gameId) {
        // Two statements: a single one that waits for the lock would count members as they were before it waited.
        yield* sql`SELECT 1 FROM backend.games WHERE game_id = ${gameId} FOR UPDATE`
        return yield* find(gameId)
      }, StorageError.refail),
      change: Effect.fnUntraced(function* (gameId, change) {
        const updated = { ...columnsOf(change), updated_at: yield* DateTime.nowAsDate }
        return yield* Effect.flatMap(update({ gameId, updated }), (game) =>
          Option.isSome(game)
            ? Effect.succeed(withoutNulls(game.value))
            : Effect.die(new Error("the game's row has disappeared"))
        )
      }, StorageError.refail),
      observe: Effect.fnUntraced(function* (gameId, turn, statuses, change) {
        const updated = { ...columnsOf(change), updated_at: yield* DateTime.nowAsDate }
        const found = yield* observed({ gameId, turn, statuses, updated })
        return Option.map(found, ({ turn_before: turnBefore, ...game }) => ({ game: withoutNulls(game), turnBefore }))
      }, StorageError.refail),
      observeAll: Effect.fnUntraced(function* (seen, statuses) {
        if (seen.length === 0) return []
        return yield* observedAll({ seen: JSON.stringify(seen), statuses, now: yield* DateTime.nowAsDate })
      }, StorageError.refail),
      relation: Effect.fnUntraced(function* (gameId, userId) {
        const now = yield* DateTime.nowAsDate
        const rows = yield* sql<Relation>`
          SELECT
            EXISTS (SELECT 1 FROM backend.memberships
              WHERE game_id = ${gameId} AND user_id = ${userId} AND status = 'active') AS member,
            ${isInvited(sql, gameId, userId, now)} AS invited`
        return rows[0] ?? { member: false, invited: false }
      }, StorageError.refail),
      createdBy: Effect.fnUntraced(function* (owner, key) {
        const found = yield* created({ owner: owner ?? "", key })
        return Option.map(found, ({ creation_digest: digest, ...game }) => ({ game: withoutNulls(game), digest }))
      }, StorageError.refail),
      lockOwner: (owner) => StorageError.refail(Effect.asVoid(lockOwner(owner))),
      countOwned: Effect.fnUntraced(function* (owner) {
        yield* lockOwner(owner)
        const [counts] = yield* sql<{ readonly open: number; readonly inPlay: number }>`
          SELECT count(*)::int AS open, (count(*) FILTER (WHERE ${sql.in("status", inPlay)}))::int AS "inPlay"
          FROM backend.games WHERE owner_user_id = ${owner} AND NOT ${sql.in("status", terminal)}`
        return counts ?? { open: 0, inPlay: 0 }
      }, StorageError.refail)
    })
  })
)
