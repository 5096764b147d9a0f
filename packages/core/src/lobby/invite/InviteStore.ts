/**
 * The rows of `invites`. Codes are stored in plain text, since their issuer may read them again. `InviteView` hides
 * them from everybody else.
 */
import { InviteStatus } from "@galaxy/contract/api/UserLobby"
import { GameId, InviteId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { playerName } from "../../account/playerName.ts"
import { StorageError } from "../../shared/StorageError.ts"
import type { PagePosition } from "../../shared/Page.ts"
import { type Present, withoutNulls } from "../../shared/rows.ts"

const InviteRow = Schema.Struct({
  invite_id: InviteId,
  game_id: GameId,
  issuer_user_id: UserId,
  invited_user_id: Schema.NullOr(UserId),
  code: Schema.NullOr(Schema.String),
  status: InviteStatus,
  expires_at: Schema.DateTimeUtcFromDate,
  created_at: Schema.DateTimeUtcFromDate,
  game_name: Schema.String,
  issuer_name: Schema.String,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  members: Schema.Int,
  max_players: Schema.Int
})

/** An invite together with its code, whoever it is read for. `InviteView` turns it into what a user may see. */
export type StoredInvite = Present<typeof InviteRow.Type>

/** A new invite, bound either to a user or to a code: exactly one of `invited_user_id` and `code` is set. */
export interface NewInvite {
  readonly invite_id: InviteId
  readonly game_id: GameId
  readonly issuer_user_id: UserId
  readonly invited_user_id: UserId | null
  readonly code: string | null
  readonly expires_at: Date
  /** The issuer's key for this invite; no two invites of a game have the same. */
  readonly issue_key: string | null
}

/**
 * Reads and writes invites. Knows no permissions: callers check them, with the game's row locked. Fails with
 * `StorageError` only.
 */
export class InviteStore extends Context.Service<
  InviteStore,
  {
    /** Stores a new invite as pending. */
    insert(invite: NewInvite): Effect.Effect<StoredInvite, StorageError>
    /**
     * Locks the row to the end of the transaction, then reads it, so that what was read stays true until the commit.
     */
    lock(gameId: GameId, inviteId: InviteId): Effect.Effect<Option.Option<StoredInvite>, StorageError>
    /** Records how a pending invite ended, and when. The caller holds the row's lock. */
    settle(inviteId: InviteId, status: typeof InviteStatus.Type): Effect.Effect<StoredInvite, StorageError>
    /** The invite to the game that was asked for with this key. */
    issuedBy(gameId: GameId, key: string): Effect.Effect<Option.Option<StoredInvite>, StorageError>
    /** The invite with this code that is pending and has not expired. */
    findOpen(code: string): Effect.Effect<Option.Option<StoredInvite>, StorageError>
    /** Marks as expired at most `limit` of all pending invites whose expiry has passed; returns how many. */
    expireSome(limit: number): Effect.Effect<number, StorageError>
    /** Marks those of the game's pending invites whose expiry has passed as expired. */
    expire(gameId: GameId): Effect.Effect<void, StorageError>
    /** Marks all of the game's pending invites as expired: it takes no more players. */
    expireAll(gameId: GameId): Effect.Effect<void, StorageError>
    /** Revokes all pending invites of the game that have not expired, and returns them in the order of their users. */
    revokePending(gameId: GameId): Effect.Effect<ReadonlyArray<StoredInvite>, StorageError>
    /** Counts every invite that is marked as pending: call `expire` first. */
    countPending(gameId: GameId): Effect.Effect<number, StorageError>
    /** Whether the user has an invite to the game that is marked as pending: call `expire` first. */
    pendingFor(gameId: GameId, userId: UserId): Effect.Effect<boolean, StorageError>
    /** Counts the invites to the game that the user was sent in the last 24 hours, in every state. */
    countOfDay(gameId: GameId, userId: UserId): Effect.Effect<number, StorageError>
    /** Invites addressed to the user or issued by them, newest first. */
    listOf(userId: UserId, after: PagePosition, limit: number): Effect.Effect<ReadonlyArray<StoredInvite>, StorageError>
  }
>()("@galaxy/core/lobby/invite/InviteStore") {}

/** `InviteStore` over PostgreSQL. */
export const layer: Layer.Layer<InviteStore, never, SqlClient.SqlClient> = Layer.effect(
  InviteStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const ofGame = (what: string) => sql.literal(`(SELECT ${what} FROM backend.games g WHERE g.game_id = i.game_id)`)
    const columns = sql`
      i.invite_id, i.game_id, i.issuer_user_id, i.invited_user_id, i.code, i.status, i.expires_at, i.created_at,
      ${ofGame("g.game_name")} AS game_name, ${playerName(sql, "i.issuer_user_id")} AS issuer_name,
      ${ofGame("g.turn_schedule")} AS turn_schedule, ${ofGame("g.time_zone")} AS time_zone,
      ${ofGame("g.max_players")} AS max_players,
      ${ofGame("g.computer_players")} + (SELECT count(*)::int FROM backend.memberships m
        WHERE m.game_id = i.game_id AND m.status = 'active') AS members`

    const find = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, inviteId: InviteId }),
      Result: InviteRow,
      execute: ({ gameId, inviteId }) => sql`
        SELECT ${columns} FROM backend.invites i
        WHERE i.game_id = ${gameId} AND i.invite_id = ${inviteId} FOR UPDATE OF i`
    })

    const open = SqlSchema.findOneOption({
      Request: Schema.Struct({ code: Schema.String, now: Schema.Date }),
      Result: InviteRow,
      execute: ({ code, now }) => sql`
        SELECT ${columns} FROM backend.invites i
        WHERE i.code = ${code} AND i.status = 'pending' AND i.expires_at > ${now}`
    })

    const keyed = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, key: Schema.String }),
      Result: InviteRow,
      execute: ({ gameId, key }) => sql`
        SELECT ${columns} FROM backend.invites i WHERE i.game_id = ${gameId} AND i.issue_key = ${key}`
    })

    const decodeOne = (rows: ReadonlyArray<unknown>) =>
      Effect.map(Schema.decodeUnknownEffect(InviteRow)(rows[0]), withoutNulls)

    const list = SqlSchema.findAll({
      Request: Schema.Struct({ userId: UserId, createdAt: Schema.Date, id: Schema.String, limit: Schema.Int }),
      Result: InviteRow,
      execute: ({ userId, createdAt, id, limit }) => sql`
        SELECT ${columns} FROM (
            (SELECT * FROM backend.invites
              WHERE invited_user_id = ${userId} AND (created_at, invite_id) < (${createdAt}, ${id}::uuid)
              ORDER BY created_at DESC, invite_id DESC LIMIT ${limit})
            UNION
            (SELECT * FROM backend.invites
              WHERE issuer_user_id = ${userId} AND (created_at, invite_id) < (${createdAt}, ${id}::uuid)
              ORDER BY created_at DESC, invite_id DESC LIMIT ${limit})) i
        ORDER BY i.created_at DESC, i.invite_id DESC
        LIMIT ${limit}`
    })

    return InviteStore.of({
      insert: Effect.fnUntraced(function* (invite) {
        const row = { ...invite, status: "pending", created_at: yield* DateTime.nowAsDate }
        return yield* decodeOne(yield* sql`INSERT INTO backend.invites AS i ${sql.insert(row)} RETURNING ${columns}`)
      }, StorageError.refail),
      lock: (gameId, inviteId) => StorageError.refail(Effect.map(find({ gameId, inviteId }), Option.map(withoutNulls))),
      issuedBy: (gameId, key) => StorageError.refail(Effect.map(keyed({ gameId, key }), Option.map(withoutNulls))),
      settle: Effect.fnUntraced(function* (inviteId, status) {
        const now = yield* DateTime.nowAsDate
        return yield* decodeOne(
          yield* sql`
            UPDATE backend.invites i SET status = ${status}, decided_at = ${now}
            WHERE i.invite_id = ${inviteId} RETURNING ${columns}`
        )
      }, StorageError.refail),
      expire: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.invites SET status = 'expired', decided_at = ${now}
          WHERE game_id = ${gameId} AND status = 'pending' AND expires_at <= ${now}`
      }, StorageError.refail),
      expireAll: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.invites SET status = 'expired', decided_at = ${now}
          WHERE game_id = ${gameId} AND status = 'pending'`
      }, StorageError.refail),
      revokePending: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        const rows = yield* Effect.flatMap(
          sql`
            UPDATE backend.invites i SET status = 'revoked', decided_at = ${now}
            WHERE i.game_id = ${gameId} AND i.status = 'pending' AND i.expires_at > ${now} RETURNING ${columns}`,
          Schema.decodeUnknownEffect(Schema.Array(InviteRow))
        )
        const revoked = rows.map((row) => withoutNulls(row))
        return revoked.toSorted((a, b) => ((a.invited_user_id ?? "") < (b.invited_user_id ?? "") ? -1 : 1))
      }, StorageError.refail),
      expireSome: Effect.fnUntraced(function* (limit) {
        const now = yield* DateTime.nowAsDate
        const rows = yield* sql`
          UPDATE backend.invites SET status = 'expired', decided_at = ${now}
          WHERE invite_id IN (
            SELECT invite_id FROM backend.invites WHERE status = 'pending' AND expires_at <= ${now}
            ORDER BY expires_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)
          RETURNING 1`
        return rows.length
      }, StorageError.refail),
      findOpen: Effect.fnUntraced(function* (code) {
        const now = yield* DateTime.nowAsDate
        return Option.map(yield* open({ code, now }), withoutNulls)
      }, StorageError.refail),
      countPending: Effect.fnUntraced(function* (gameId) {
        const rows = yield* sql<{ readonly count: number }>`
          SELECT count(*)::int AS count FROM backend.invites WHERE game_id = ${gameId} AND status = 'pending'`
        return rows[0]?.count ?? 0
      }, StorageError.refail),
      pendingFor: Effect.fnUntraced(function* (gameId, userId) {
        const rows = yield* sql`
          SELECT 1 FROM backend.invites
          WHERE game_id = ${gameId} AND invited_user_id = ${userId} AND status = 'pending'`
        return rows.length > 0
      }, StorageError.refail),
      countOfDay: Effect.fnUntraced(function* (gameId, userId) {
        const now = yield* DateTime.now
        // A time in the future comes from a clock that was wrong, and doesn't count as recent.
        const rows = yield* sql<{ readonly count: number }>`
          SELECT count(*)::int AS count FROM backend.invites
          WHERE game_id = ${gameId} AND invited_user_id = ${userId}
            AND created_at > ${DateTime.toDateUtc(DateTime.subtract(now, { days: 1 }))}
            AND created_at <= ${DateTime.toDateUtc(now)}`
        return rows[0]?.count ?? 0
      }, StorageError.refail),
      listOf: (userId, after, limit) =>
        StorageError.refail(
          Effect.map(list({ userId, createdAt: after.createdAt, id: after.id, limit }), (rows) =>
            rows.map((row) => withoutNulls(row))
          )
        )
    })
  })
)
