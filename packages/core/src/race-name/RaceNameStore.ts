/**
 * The rows of `race_names`.
 *
 * No index can ensure that different users never share a key between the tiers. So whoever decides about a key first
 * takes its advisory lock, held to the end of the transaction; several keys are locked in ascending order. An entry
 * whose time to register it is over stands in nobody's way, even while the sweeper hasn't removed it yet.
 */
import { HeldRaceName } from "@galaxy/contract/api/UserRaceNames"
import { GameId, RaceNameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import type { PagePosition } from "../shared/Page.ts"
import { type Present, withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"
import { textLock } from "../shared/textLock.ts"
import { keyVersion, RaceName, RaceNameKey } from "./RaceName.ts"

const Entry = Schema.Struct({
  race_name_id: RaceNameId,
  name: RaceName,
  canonical: RaceNameKey,
  status: HeldRaceName.fields.status,
  owner_user_id: UserId,
  game_id: Schema.NullOr(GameId),
  expires_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  registered_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  created_at: Schema.DateTimeUtcFromDate
})

/** One row: who holds which name, and how. */
export type RaceNameEntry = Present<typeof Entry.Type>

const Shown = Schema.Struct({
  race_name_id: RaceNameId,
  name: Schema.String,
  status: HeldRaceName.fields.status,
  game_id: Schema.NullOr(GameId),
  game_name: Schema.NullOr(Schema.String),
  expires_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  registered_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  created_at: Schema.DateTimeUtcFromDate
})

/**
 * Reads and writes the directory. Knows no rules: `RaceNames` decides, with the key's lock. Fails with `StorageError`
 * only.
 */
export class RaceNameStore extends Context.Service<
  RaceNameStore,
  {
    /** Takes the key's lock to the end of the transaction. */
    lock(key: RaceNameKey): Effect.Effect<void, StorageError>
    /** Takes the lock of a user's registrations to the end of the transaction, before any key's lock. */
    lockOwner(userId: UserId): Effect.Effect<void, StorageError>
    /** Whether a user other than this one keeps the key from being used in the game. */
    obstructed(key: RaceNameKey, gameId: GameId, userId: UserId): Effect.Effect<boolean, StorageError>
    /** Reserves the name; returns false if another user has reserved the key in this game. */
    reserve(request: {
      readonly gameId: GameId
      readonly userId: UserId
      readonly name: RaceName
      readonly key: RaceNameKey
    }): Effect.Effect<boolean, StorageError>
    /** Removes these users' reservations in a game. */
    release(gameId: GameId, userIds: ReadonlyArray<UserId>): Effect.Effect<void, StorageError>
    /** The game's reservations, by ascending key, locked to the end of the transaction. */
    reservations(gameId: GameId): Effect.Effect<ReadonlyArray<RaceNameEntry>, StorageError>
    /** Entries of the whole platform under these keys: registered, or pending with time left. */
    lasting(keys: ReadonlyArray<RaceNameKey>): Effect.Effect<ReadonlyArray<RaceNameEntry>, StorageError>
    /** Makes reservations pending until a time. */
    makePending(ids: ReadonlyArray<RaceNameId>, until: Date): Effect.Effect<void, StorageError>
    /** Gives pending entries a later end. */
    extend(ids: ReadonlyArray<RaceNameId>, until: Date): Effect.Effect<void, StorageError>
    /** Removes a game's reservations, all of them. */
    releaseAll(gameId: GameId): Effect.Effect<void, StorageError>
    /** How many names the user has registered. */
    countRegistered(userId: UserId): Effect.Effect<number, StorageError>
    /** Makes a pending entry registered. */
    register(id: RaceNameId): Effect.Effect<void, StorageError>
    /** One entry as its owner sees it. */
    shown(id: RaceNameId): Effect.Effect<Option.Option<typeof HeldRaceName.Type>, StorageError>
    /** The user's entries as they see them, newest first. */
    listOf(
      userId: UserId,
      after: PagePosition,
      limit: number
    ): Effect.Effect<ReadonlyArray<typeof HeldRaceName.Type>, StorageError>
    /** Removes one pending entry whose time is over; returns it, or none if there is none that isn't locked. */
    takeExpired: Effect.Effect<Option.Option<RaceNameEntry>, StorageError>
  }
>()("@galaxy/core/race-name/RaceNameStore") {}

/** `RaceNameStore` over PostgreSQL. */
export const layer: Layer.Layer<RaceNameStore, never, SqlClient.SqlClient> = Layer.effect(
  RaceNameStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql.literal(
      "race_name_id, name, canonical, status, owner_user_id, game_id, expires_at, registered_at, created_at"
    )
    const shownColumns = sql.literal(`r.race_name_id, r.name, r.status, r.game_id,
      (SELECT g.game_name FROM backend.games g WHERE g.game_id = r.game_id) AS game_name,
      r.expires_at, r.registered_at, r.created_at`)

    const entries = (rows: ReadonlyArray<unknown>) =>
      Effect.map(Schema.decodeUnknownEffect(Schema.Array(Entry))(rows), (all) => all.map((it) => withoutNulls(it)))

    const list = SqlSchema.findAll({
      Request: Schema.Struct({ userId: UserId, createdAt: Schema.Date, id: Schema.String, limit: Schema.Int }),
      Result: Shown,
      execute: ({ userId, createdAt, id, limit }) => sql`
        SELECT ${shownColumns} FROM backend.race_names r
        WHERE r.owner_user_id = ${userId} AND (r.created_at, r.race_name_id) < (${createdAt}, ${id}::uuid)
        ORDER BY r.created_at DESC, r.race_name_id DESC LIMIT ${limit}`
    })

    const one = SqlSchema.findOneOption({
      Request: RaceNameId,
      Result: Shown,
      execute: (id) => sql`SELECT ${shownColumns} FROM backend.race_names r WHERE r.race_name_id = ${id}`
    })

    return RaceNameStore.of({
      lock: (key) => StorageError.refail(Effect.asVoid(textLock(sql, `galaxy/race-name/${key}`))),
      lockOwner: (userId) => StorageError.refail(Effect.asVoid(textLock(sql, `galaxy/race-name-owner/${userId}`))),
      obstructed: Effect.fnUntraced(function* (key, gameId, userId) {
        const now = yield* DateTime.nowAsDate
        const rows = yield* sql`
          SELECT 1 FROM backend.race_names
          WHERE canonical = ${key} AND owner_user_id <> ${userId}
            AND (status = 'registered' OR (status = 'pending_registration' AND expires_at > ${now})
              OR (status = 'reservation' AND game_id = ${gameId}))
          LIMIT 1`
        return rows.length > 0
      }, StorageError.refail),
      reserve: Effect.fnUntraced(function* ({ gameId, userId, name, key }) {
        const now = yield* DateTime.nowAsDate
        const reserved = yield* sql`
          INSERT INTO backend.race_names AS held
            (race_name_id, name, canonical, key_version, status, owner_user_id, game_id, created_at)
          VALUES (${yield* newId}, ${name}, ${key}, ${keyVersion}, 'reservation', ${userId}, ${gameId}, ${now})
          ON CONFLICT (game_id, canonical) WHERE status = 'reservation' DO UPDATE SET name = excluded.name
            WHERE held.owner_user_id = excluded.owner_user_id
          RETURNING 1`
        return reserved.length > 0
      }, StorageError.refail),
      release: Effect.fnUntraced(function* (gameId, userIds) {
        if (userIds.length === 0) return
        yield* sql`
          DELETE FROM backend.race_names
          WHERE game_id = ${gameId} AND status = 'reservation' AND ${sql.in("owner_user_id", userIds)}`
      }, StorageError.refail),
      reservations: (gameId) =>
        StorageError.refail(
          Effect.flatMap(
            sql`
              SELECT ${columns} FROM backend.race_names WHERE game_id = ${gameId} AND status = 'reservation'
              ORDER BY canonical FOR UPDATE`,
            entries
          )
        ),
      lasting: Effect.fnUntraced(function* (keys) {
        if (keys.length === 0) return []
        const now = yield* DateTime.nowAsDate
        return yield* entries(
          yield* sql`
            SELECT ${columns} FROM backend.race_names
            WHERE ${sql.in("canonical", keys)}
              AND (status = 'registered' OR (status = 'pending_registration' AND expires_at > ${now}))`
        )
      }, StorageError.refail),
      makePending: Effect.fnUntraced(function* (ids, until) {
        if (ids.length === 0) return
        yield* sql`
          UPDATE backend.race_names SET status = 'pending_registration', expires_at = ${until}
          WHERE ${sql.in("race_name_id", ids)}`
      }, StorageError.refail),
      extend: Effect.fnUntraced(function* (ids, until) {
        if (ids.length === 0) return
        yield* sql`
          UPDATE backend.race_names SET expires_at = GREATEST(expires_at, ${until}::timestamptz)
          WHERE ${sql.in("race_name_id", ids)}`
      }, StorageError.refail),
      releaseAll: (gameId) =>
        StorageError.refail(
          Effect.asVoid(sql`DELETE FROM backend.race_names WHERE game_id = ${gameId} AND status = 'reservation'`)
        ),
      countRegistered: Effect.fnUntraced(function* (userId) {
        const rows = yield* sql<{ readonly count: number }>`
          SELECT count(*)::int AS count FROM backend.race_names
          WHERE owner_user_id = ${userId} AND status = 'registered'`
        return rows[0]?.count ?? 0
      }, StorageError.refail),
      register: Effect.fnUntraced(function* (id) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.race_names
          SET status = 'registered', game_id = NULL, expires_at = NULL, registered_at = ${now}
          WHERE race_name_id = ${id}`
      }, StorageError.refail),
      shown: (id) => StorageError.refail(Effect.map(one(id), Option.map(withoutNulls))),
      listOf: (userId, after, limit) =>
        StorageError.refail(
          Effect.map(list({ userId, createdAt: after.createdAt, id: after.id, limit }), (rows) =>
            rows.map((row) => withoutNulls(row))
          )
        ),
      takeExpired: Effect.gen(function* () {
        const now = yield* DateTime.nowAsDate
        const gone = yield* sql`
          DELETE FROM backend.race_names WHERE race_name_id = (
            SELECT race_name_id FROM backend.race_names
            WHERE status = 'pending_registration' AND expires_at <= ${now}
            ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING ${columns}`
        return Option.fromUndefinedOr((yield* entries(gone))[0])
      }).pipe(StorageError.refail)
    })
  })
)
