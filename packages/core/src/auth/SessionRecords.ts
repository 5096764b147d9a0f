/** Sessions and their revocations as operators see them: those of one player, newest first. */
import type {
  Revocation as RevocationSchema,
  UserSession as UserSessionSchema
} from "@galaxy/contract/api/admin/UserEnds"
import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"

type UserSession = typeof UserSessionSchema.Type
type Revocation = typeof RevocationSchema.Type

/** A page of a listing. */
type Page<K extends string, A> = { readonly [P in K]: ReadonlyArray<A> } & { readonly next_cursor?: string }

/** Reads sessions for operators. A player without any, or one that doesn't exist, has an empty list. */
export class SessionRecords extends Context.Service<
  SessionRecords,
  {
    /** Active and revoked ones. */
    sessions(
      userId: UserId,
      page: PageRequest
    ): Effect.Effect<Page<"sessions", UserSession>, CursorInvalid | StorageError>
    /** The ledger: it is only ever added to. */
    revocations(
      userId: UserId,
      page: PageRequest
    ): Effect.Effect<Page<"revocations", Revocation>, CursorInvalid | StorageError>
  }
>()("@galaxy/core/auth/SessionRecords") {}

const SessionRow = Schema.Struct({
  device_session_id: DeviceSessionId,
  status: Schema.Literals(["active", "revoked"]),
  device_label: Schema.NullOr(Schema.String),
  created_at: Schema.DateTimeUtcFromDate,
  last_seen_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  revoked_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

const RevocationRow = Schema.Struct({
  revocation_id: Schema.String,
  device_session_id: DeviceSessionId,
  actor_kind: Schema.String,
  actor_user_id: Schema.NullOr(UserId),
  actor_username: Schema.NullOr(Schema.String),
  reason: Schema.String,
  revoked_at: Schema.DateTimeUtcFromDate,
  created_at: Schema.DateTimeUtcFromDate
})

/** `SessionRecords` over PostgreSQL. */
export const layer: Layer.Layer<SessionRecords, never, SqlClient.SqlClient> = Layer.effect(
  SessionRecords,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decodeSessions = Schema.decodeUnknownEffect(Schema.Array(SessionRow))
    const decodeRevocations = Schema.decodeUnknownEffect(Schema.Array(RevocationRow))

    const sessions = Effect.fn("SessionRecords.sessions")(function* (userId: UserId, page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT device_session_id, status, device_label, created_at, last_seen_at, revoked_at
              FROM backend.device_sessions
              WHERE user_id = ${userId} AND (created_at, device_session_id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY created_at DESC, device_session_id DESC LIMIT ${limit}`,
            decodeSessions
          ),
        (it) => it.device_session_id
      )
      return { sessions: rows.map((it) => withoutNulls(it)), ...next }
    }, StorageError.refail)

    const revocations = Effect.fn("SessionRecords.revocations")(function* (userId: UserId, page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT revocation_id, device_session_id, actor_kind, actor_user_id, actor_username, reason, revoked_at,
                created_at
              FROM backend.session_revocations
              WHERE user_id = ${userId} AND (created_at, revocation_id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY created_at DESC, revocation_id DESC LIMIT ${limit}`,
            decodeRevocations
          ),
        (it) => it.revocation_id
      )
      return { revocations: rows.map((it) => withoutNulls(it)), ...next }
    }, StorageError.refail)

    return SessionRecords.of({ sessions, revocations })
  })
)
