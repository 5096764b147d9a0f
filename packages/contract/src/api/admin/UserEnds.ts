/** Blocking and deleting players, and their sessions, for operators (`/api/v1/admin/users/{user_id}/…`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeviceSessionId, UserId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { paging, Timestamp } from "../Fields.ts"
import { RevokedSessions, SanctionCode } from "../UserAccount.ts"
import { reason, RequiredReason } from "./Reason.ts"
import { AdminUser } from "./Users.ts"

const ofUser = { params: { user_id: UserId }, error: wireErrors } as const

/** Body of `POST /users/{user_id}/sanctions`. Repeating it changes nothing. */
export const ApplySanction = Schema.Struct({ sanction_code: SanctionCode, reason })

/** Everything that is kept about a player, but secrets: rows by the name of their table, as the database has them. */
export const UserExport = Schema.Struct({
  user_id: UserId,
  exported_at: Timestamp,
  tables: Schema.Record(Schema.String, Schema.Array(Schema.Json)),
  /** Tables that have more than 10,000 rows, of which only so many are shown. */
  cut: Schema.Array(Schema.String)
})

/**
 * Ends of accounts. A block and a deletion end the player's sessions, seats, applications, invites and race names, and
 * cancel their games that aren't running. Both may be repeated. Only a block can be lifted, and what it has ended stays
 * so. An export may be taken at any time, of deleted accounts too.
 */
export class AdminUserEndsGroup extends HttpApiGroup.make("adminUserEnds")
  .add(
    HttpApiEndpoint.post("applySanction", "/:user_id/sanctions", {
      ...ofUser,
      payload: ApplySanction,
      success: AdminUser
    }),
    HttpApiEndpoint.post("softDelete", "/:user_id/soft-delete", {
      ...ofUser,
      payload: RequiredReason,
      success: AdminUser
    }),
    HttpApiEndpoint.get("export", "/:user_id/export", { ...ofUser, success: UserExport })
  )
  .prefix("/api/v1/admin/users") {}

/** A session of a player, active or not. */
export const UserSession = Schema.Struct({
  device_session_id: DeviceSessionId,
  status: Schema.Literals(["active", "revoked"]),
  device_label: Schema.optionalKey(Schema.String),
  created_at: Timestamp,
  /** When a gateway last looked it up; absent before the first time. */
  last_seen_at: Schema.optionalKey(Timestamp),
  revoked_at: Schema.optionalKey(Timestamp)
})

/** Who ended a session, and why. */
export const Revocation = Schema.Struct({
  revocation_id: Schema.String,
  device_session_id: DeviceSessionId,
  /** user_revoke, user_revoke_all, admin_revoke_all, admin_sanction, soft_delete_admin or soft_delete_user. */
  actor_kind: Schema.String,
  /** Exactly one of the two is present. */
  actor_user_id: Schema.optionalKey(UserId),
  actor_username: Schema.optionalKey(Schema.String),
  /** `session_limit` where another sign-in ended the session; else the same as `actor_kind`. */
  reason: Schema.String,
  revoked_at: Timestamp
})

const next_cursor = Schema.optionalKey(Schema.String)

/** A player's sessions and the ledger of their revocations, newest first. */
export class AdminUserSessionsGroup extends HttpApiGroup.make("adminUserSessions")
  .add(
    HttpApiEndpoint.get("sessions", "/:user_id/sessions", {
      ...ofUser,
      query: paging,
      success: Schema.Struct({ sessions: Schema.Array(UserSession), next_cursor })
    }),
    HttpApiEndpoint.get("revocations", "/:user_id/revocations", {
      ...ofUser,
      query: paging,
      success: Schema.Struct({ revocations: Schema.Array(Revocation), next_cursor })
    }),
    HttpApiEndpoint.post("revokeSessions", "/:user_id/sessions/revoke-all", {
      ...ofUser,
      payload: RequiredReason,
      success: RevokedSessions
    })
  )
  .prefix("/api/v1/admin/users") {}
