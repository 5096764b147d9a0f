/**
 * Device sessions: what a public key may act for, until it is revoked.
 *
 * Revoking, the audit row and the word to the gateways are one transaction; what is revoked stays revoked.
 */
import type { Session as SessionSchema } from "@galaxy/contract/api/UserAccount"
import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { PushLog } from "../push/PushLog.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"

export type ListedSession = typeof SessionSchema.Type

/** There is no such session, or it is somebody else's: the two look alike. */
export class SessionNotFound extends Schema.TaggedError<SessionNotFound>()("SessionNotFound", {}) {}

export class DeviceSession extends Schema.Class<DeviceSession>("galaxy/auth/DeviceSession")({
  deviceSessionId: DeviceSessionId,
  userId: UserId,
  clientPublicKey: Schema.Uint8Array,
  status: Schema.Literals(["active", "revoked"]),
  createdAt: Schema.DateTimeUtcFromDate,
  revokedAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  lastSeenAt: Schema.NullOr(Schema.DateTimeUtcFromDate)
}) {}

type ActorKind = "user_revoke" | "user_revoke_all"

export class Sessions extends Context.Service<
  Sessions,
  {
    /** Joins the caller's transaction. */
    create(userId: UserId, publicKey: Uint8Array): Effect.Effect<DeviceSessionId, StorageError>
    /** For the gateway: active or revoked. Notes, at most once a minute, that the session was seen. */
    lookup(deviceSessionId: DeviceSessionId): Effect.Effect<DeviceSession, SessionNotFound | StorageError>
    /** The caller's active sessions, oldest first; of very many the newest. */
    list(userId: UserId): Effect.Effect<ReadonlyArray<ListedSession>, StorageError>
    /** Answers what it revoked: nothing when the session was revoked already. */
    revoke(
      userId: UserId,
      deviceSessionId: DeviceSessionId
    ): Effect.Effect<ReadonlyArray<DeviceSessionId>, SessionNotFound | StorageError>
    revokeAll(userId: UserId): Effect.Effect<ReadonlyArray<DeviceSessionId>, StorageError>
  }
>()("@galaxy/core/auth/Sessions") {}

/** Sessions of one player that a listing shows. */
const maxListed = 200
const seenEveryMs = 60_000

export const layer: Layer.Layer<Sessions, never, SqlClient.SqlClient | PushLog> = Layer.effect(
  Sessions,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const push = yield* PushLog
    const columns = sql.literal(`device_session_id AS "deviceSessionId", user_id AS "userId",
      client_public_key AS "clientPublicKey", status, created_at AS "createdAt", revoked_at AS "revokedAt",
      last_seen_at AS "lastSeenAt"`)
    const decode = Schema.decodeUnknownEffect(Schema.Array(DeviceSession))

    const create = Effect.fn("Sessions.create")(function* (userId: UserId, publicKey: Uint8Array) {
      const id = DeviceSessionId.make(yield* newId)
      yield* sql`
        INSERT INTO backend.device_sessions (device_session_id, user_id, client_public_key, status, created_at)
        VALUES (${id}, ${userId}, ${publicKey}, 'active', ${yield* DateTime.nowAsDate})`
      return id
    }, StorageError.refail)

    const read = Effect.fnUntraced(function* (deviceSessionId: DeviceSessionId) {
      const [record] = yield* Effect.flatMap(
        sql`SELECT ${columns} FROM backend.device_sessions WHERE device_session_id = ${deviceSessionId}`,
        decode
      )
      return record ?? (yield* new SessionNotFound())
    })

    const isDue = (record: DeviceSession, now: DateTime.Utc): boolean => {
      if (record.status !== "active") return false
      if (record.lastSeenAt === null) return true
      const age = now.epochMilliseconds - record.lastSeenAt.epochMilliseconds
      // One in the future is of a clock that was wrong, and not recent.
      return age < 0 || age >= seenEveryMs
    }

    /** Answers whether the session was active. A failure costs an operator a timestamp, and the player nothing. */
    const touch = (deviceSessionId: DeviceSessionId, now: DateTime.Utc) =>
      sql`
        UPDATE backend.device_sessions SET last_seen_at = ${DateTime.toDateUtc(now)}
        WHERE device_session_id = ${deviceSessionId} AND status = 'active' RETURNING 1`.pipe(
        Effect.map((rows) => rows.length > 0),
        Effect.catch((error) =>
          Effect.as(
            Effect.annotateLogs(Effect.logWarning("last_seen_at could not be written"), StorageError.fieldsOf(error)),
            true
          )
        )
      )

    const lookup = Effect.fn("Sessions.lookup")(function* (deviceSessionId: DeviceSessionId) {
      const record = yield* read(deviceSessionId)
      const now = yield* DateTime.now
      if (!isDue(record, now)) return record
      // The update may have waited for a revocation to commit: then what was read before is no longer true.
      return (yield* touch(deviceSessionId, now)) ? record : yield* read(deviceSessionId)
    }, StorageError.refail)

    const list = Effect.fn("Sessions.list")(function* (userId: UserId) {
      const newest = yield* Effect.flatMap(
        sql`
          SELECT ${columns} FROM backend.device_sessions WHERE user_id = ${userId} AND status = 'active'
          ORDER BY created_at DESC, device_session_id DESC LIMIT ${maxListed}`,
        decode
      )
      return newest.toReversed().map((it) => ({
        device_session_id: it.deviceSessionId,
        created_at: it.createdAt,
        ...(it.lastSeenAt === null ? {} : { last_seen_at: it.lastSeenAt })
      }))
    }, StorageError.refail)

    /** Revokes those of the user's sessions that are active; to be called in a transaction. */
    const revokeActive = Effect.fnUntraced(function* (
      userId: UserId,
      only: DeviceSessionId | undefined,
      actorKind: ActorKind
    ) {
      const now = yield* DateTime.nowAsDate
      // Locked in one order, so that two who revoke the same sessions at once don't wait for each other.
      const rows = yield* sql<{ id: DeviceSessionId }>`
        WITH chosen AS (
          SELECT device_session_id FROM backend.device_sessions
          WHERE user_id = ${userId} AND status = 'active' AND ${only === undefined ? sql`true` : sql`device_session_id = ${only}`}
          ORDER BY device_session_id FOR UPDATE
        )
        UPDATE backend.device_sessions AS s SET status = 'revoked', revoked_at = ${now}
        FROM chosen WHERE s.device_session_id = chosen.device_session_id
        RETURNING s.device_session_id AS id`
      for (const { id } of rows) {
        yield* sql`
          INSERT INTO backend.session_revocations
            (revocation_id, device_session_id, user_id, actor_kind, actor_user_id, reason, revoked_at, created_at)
          VALUES (${yield* newId}, ${id}, ${userId}, ${actorKind}, ${userId}, ${actorKind}, ${now}, ${now})`
        yield* push.invalidate({ deviceSessionId: id }, actorKind)
      }
      return rows.map((it) => it.id)
    })

    const revoke = Effect.fn("Sessions.revoke")(function* (userId: UserId, deviceSessionId: DeviceSessionId) {
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          const own = yield* sql`
            SELECT 1 FROM backend.device_sessions
            WHERE device_session_id = ${deviceSessionId} AND user_id = ${userId}`
          if (own.length === 0) return yield* new SessionNotFound()
          return yield* revokeActive(userId, deviceSessionId, "user_revoke")
        })
      )
    }, StorageError.refail)

    const revokeAll = Effect.fn("Sessions.revokeAll")(function* (userId: UserId) {
      return yield* sql.withTransaction(revokeActive(userId, undefined, "user_revoke_all"))
    }, StorageError.refail)

    return Sessions.of({ create, lookup, list, revoke, revokeAll })
  })
)
