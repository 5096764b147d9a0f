/**
 * Device sessions: each lets one public key act for one account until it is revoked.
 *
 * A revocation, its audit row and the invalidation for the gateways are one transaction. A revoked session stays
 * revoked.
 */
import type { Session as SessionSchema } from "@galaxy/contract/api/UserAccount"
import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { PushLog } from "../push/PushLog.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"

/** A session as `user.sessions.list` shows it: without its key and status. */
export type ListedSession = typeof SessionSchema.Type

/** There is no such session, or it belongs to someone else: callers can't tell which. */
export class SessionNotFound extends Schema.TaggedError<SessionNotFound>()("SessionNotFound", {}) {}

/**
 * A row of `device_sessions`. `clientPublicKey` is the raw 32-byte Ed25519 key; `revokedAt` is set exactly when the
 * status is `revoked`.
 */
export class DeviceSession extends Schema.Class<DeviceSession>("galaxy/auth/DeviceSession")({
  deviceSessionId: DeviceSessionId,
  userId: UserId,
  clientPublicKey: Schema.Uint8Array,
  status: Schema.Literals(["active", "revoked"]),
  createdAt: Schema.DateTimeUtcFromDate,
  revokedAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  lastSeenAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  deviceLabel: Schema.NullOr(Schema.String)
}) {}

/** Who ends sessions: their player, or an administrator by name. */
export type RevokedBy = { readonly userId: UserId } | { readonly username: string }

/** Why sessions end, as the ledger of revocations has it. */
type ActorKind =
  | "user_revoke"
  | "user_revoke_all"
  | "admin_revoke_all"
  | "admin_sanction"
  | "soft_delete_admin"
  | "soft_delete_user"

/** Opens, looks up and revokes sessions. Whether an account may have one is for the caller to check (`Standing`). */
export class Sessions extends Context.Service<
  Sessions,
  {
    /** Opens an active session, with a label if there is one. Joins the caller's transaction. */
    create(userId: UserId, publicKey: Uint8Array, label?: string): Effect.Effect<DeviceSessionId, StorageError>
    /** For gateways: returns active and revoked sessions. Notes that an active one was seen. */
    lookup(deviceSessionId: DeviceSessionId): Effect.Effect<DeviceSession, SessionNotFound | StorageError>
    /**
     * The user's active sessions, oldest first; only the newest 200 if there are more. `current` is the one that asks.
     */
    list(
      userId: UserId,
      current: DeviceSessionId | undefined
    ): Effect.Effect<ReadonlyArray<ListedSession>, StorageError>
    /** Returns the sessions that it revoked: none if the session was revoked before. */
    revoke(
      userId: UserId,
      deviceSessionId: DeviceSessionId
    ): Effect.Effect<ReadonlyArray<DeviceSessionId>, SessionNotFound | StorageError>
    /** Revokes all active sessions of the user, the caller's own included. */
    revokeAll(userId: UserId): Effect.Effect<ReadonlyArray<DeviceSessionId>, StorageError>
    /**
     * Revokes the sessions beyond the newest `most` by their last use, but never `keep`; returns what is known of them.
     * Joins the caller's transaction, which must keep the user from signing in twice at once.
     */
    endIdle(
      userId: UserId,
      keep: DeviceSessionId,
      most: number
    ): Effect.Effect<ReadonlyArray<{ readonly id: DeviceSessionId; readonly label: string | null }>, StorageError>
    /** Revokes all active sessions of the user, by and for whatever. Joins the caller's transaction. */
    endAll(
      userId: UserId,
      kind: Exclude<ActorKind, "user_revoke">,
      by: RevokedBy
    ): Effect.Effect<ReadonlyArray<DeviceSessionId>, StorageError>
  }
>()("@galaxy/core/auth/Sessions") {}

/** Most sessions that a listing shows. */
const maxListed = 200

/** Revocations reach the gateways through `PushLog`. */
export const layer: Layer.Layer<Sessions, never, SqlClient.SqlClient | PushLog> = Layer.effect(
  Sessions,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const push = yield* PushLog
    const columns = sql.literal(`device_session_id AS "deviceSessionId", user_id AS "userId",
      client_public_key AS "clientPublicKey", status, created_at AS "createdAt", revoked_at AS "revokedAt",
      last_seen_at AS "lastSeenAt", device_label AS "deviceLabel"`)
    const decode = Schema.decodeUnknownEffect(Schema.Array(DeviceSession))

    const create = Effect.fn("Sessions.create")(function* (userId: UserId, publicKey: Uint8Array, label?: string) {
      const id = DeviceSessionId.make(yield* newId)
      yield* sql`
        INSERT INTO backend.device_sessions
          (device_session_id, user_id, client_public_key, status, device_label, created_at)
        VALUES (${id}, ${userId}, ${publicKey}, 'active', ${label ?? null}, ${yield* DateTime.nowAsDate})`
      return id
    }, StorageError.refail)

    const read = Effect.fnUntraced(function* (deviceSessionId: DeviceSessionId) {
      const [record] = yield* Effect.flatMap(
        sql`SELECT ${columns} FROM backend.device_sessions WHERE device_session_id = ${deviceSessionId}`,
        decode
      )
      return record ?? (yield* new SessionNotFound())
    })

    /**
     * The session, marked as seen, if it is active. A failure is only logged: it costs a timestamp, and must not refuse
     * the player.
     */
    const seen = Effect.fnUntraced(function* (deviceSessionId: DeviceSessionId) {
      const rows = yield* sql`
        UPDATE backend.device_sessions SET last_seen_at = ${yield* DateTime.nowAsDate}
        WHERE device_session_id = ${deviceSessionId} AND status = 'active' RETURNING ${columns}`.pipe(
        Effect.catch((error) =>
          Effect.as(
            Effect.annotateLogs(Effect.logWarning("last_seen_at could not be written"), StorageError.fieldsOf(error)),
            []
          )
        )
      )
      return (yield* decode(rows))[0]
    })

    const lookup = Effect.fn("Sessions.lookup")(
      (deviceSessionId: DeviceSessionId) =>
        Effect.flatMap(seen(deviceSessionId), (record) =>
          record === undefined ? read(deviceSessionId) : Effect.succeed(record)
        ),
      StorageError.refail
    )

    const list = Effect.fn("Sessions.list")(function* (userId: UserId, current: DeviceSessionId | undefined) {
      const newest = yield* Effect.flatMap(
        sql`
          SELECT ${columns} FROM backend.device_sessions WHERE user_id = ${userId} AND status = 'active'
          ORDER BY created_at DESC, device_session_id DESC LIMIT ${maxListed}`,
        decode
      )
      return newest.toReversed().map((it) => ({
        device_session_id: it.deviceSessionId,
        created_at: it.createdAt,
        ...(it.lastSeenAt === null ? {} : { last_seen_at: it.lastSeenAt }),
        ...(it.deviceLabel === null ? {} : { device_label: it.deviceLabel }),
        current: it.deviceSessionId === current
      }))
    }, StorageError.refail)

    /** Revokes the user's active sessions, or those named; to be called in a transaction. */
    const revokeActive = Effect.fnUntraced(function* (
      userId: UserId,
      only: ReadonlyArray<DeviceSessionId> | undefined,
      actorKind: ActorKind,
      by: RevokedBy = { userId },
      reason: string = actorKind
    ) {
      const now = yield* DateTime.nowAsDate
      // Locked in one order, so that two who revoke the same sessions at once don't wait for each other.
      const rows = yield* sql<{ id: DeviceSessionId }>`
        WITH chosen AS (
          SELECT device_session_id FROM backend.device_sessions
          WHERE user_id = ${userId} AND status = 'active' AND ${only === undefined ? sql`true` : sql.in("device_session_id", only)}
          ORDER BY device_session_id FOR UPDATE
        )
        UPDATE backend.device_sessions AS s SET status = 'revoked', revoked_at = ${now}
        FROM chosen WHERE s.device_session_id = chosen.device_session_id
        RETURNING s.device_session_id AS id`
      const revoked = rows.map((it) => it.id)
      if (revoked.length === 0) return revoked
      const audit = yield* Effect.forEach(revoked, (id) =>
        Effect.map(newId, (revocation_id) => ({ revocation_id, id }))
      )
      yield* sql`
        INSERT INTO backend.session_revocations
          (revocation_id, device_session_id, user_id, actor_kind, actor_user_id, actor_username, reason, revoked_at,
            created_at)
        SELECT a.revocation_id, a.id, ${userId}::uuid, ${actorKind}::text,
          ${"userId" in by ? by.userId : null}::uuid, ${"username" in by ? by.username : null}::text,
          ${reason}::text, ${now}::timestamptz, ${now}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(audit)}::text::jsonb) AS a(revocation_id uuid, id uuid)`
      yield* push.invalidate(
        revoked.map((deviceSessionId) => ({ deviceSessionId })),
        reason
      )
      return revoked
    })

    const revoke = Effect.fn("Sessions.revoke")(function* (userId: UserId, deviceSessionId: DeviceSessionId) {
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          const own = yield* sql`
            SELECT 1 FROM backend.device_sessions
            WHERE device_session_id = ${deviceSessionId} AND user_id = ${userId}`
          if (own.length === 0) return yield* new SessionNotFound()
          return yield* revokeActive(userId, [deviceSessionId], "user_revoke")
        })
      )
    }, StorageError.refail)

    const revokeAll = Effect.fn("Sessions.revokeAll")(function* (userId: UserId) {
      return yield* sql.withTransaction(revokeActive(userId, undefined, "user_revoke_all"))
    }, StorageError.refail)

    const endAll = Effect.fn("Sessions.endAll")(function* (userId: UserId, kind: ActorKind, by: RevokedBy) {
      return yield* sql.withTransaction(revokeActive(userId, undefined, kind, by))
    }, StorageError.refail)

    const endIdle = Effect.fn("Sessions.endIdle")(function* (userId: UserId, keep: DeviceSessionId, most: number) {
      const idle = yield* sql<{ id: DeviceSessionId; label: string | null }>`
        SELECT device_session_id AS id, device_label AS label FROM backend.device_sessions
        WHERE user_id = ${userId} AND status = 'active' AND device_session_id <> ${keep}
        ORDER BY coalesce(last_seen_at, created_at) DESC, device_session_id DESC OFFSET ${Math.max(0, most - 1)}::int`
      if (idle.length === 0) return []
      const ids = idle.map((it) => it.id)
      const ended = new Set(yield* revokeActive(userId, ids, "user_revoke", { userId }, "session_limit"))
      return idle.filter((it) => ended.has(it.id))
    }, StorageError.refail)

    return Sessions.of({ create, lookup, list, revoke, revokeAll, endIdle, endAll })
  })
)
