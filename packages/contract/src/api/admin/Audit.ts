/** The audit log (`/api/v1/admin/audit`): who changed what, when and why. Rows are never changed or removed. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { AuditId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { paging, Timestamp } from "../Fields.ts"

/** One mutation by an administrator, or its dry run. */
export const AuditRow = Schema.Struct({
  audit_id: AuditId,
  at: Timestamp,
  /** The administrator's name. */
  actor: Schema.String,
  /** `noun.verb`, such as `runtime.force_next_turn`. */
  action: Schema.String,
  /** What was changed: `user`, `game`, `engine_version`, … */
  target_kind: Schema.String,
  /** The target's id or name. */
  target_id: Schema.String,
  reason: Schema.optionalKey(Schema.String),
  /** The target before and after, as the admin surface shows it, without personal data; null where it didn't exist. */
  before: Schema.Json,
  after: Schema.Json,
  /** The `X-Request-Id` of the call. */
  request_id: Schema.String,
  /** Nothing was changed: the mutation was only tried. */
  dry_run: Schema.Boolean
})

/** Newest first. Without `next_cursor` it is the last page. */
export const AuditList = Schema.Struct({
  audit: Schema.Array(AuditRow),
  next_cursor: Schema.optionalKey(Schema.String)
})

const filter = Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(256)))

/** Reads of the audit log. All filters of a listing must match; `since` is inclusive, `until` exclusive. */
export class AdminAuditGroup extends HttpApiGroup.make("adminAudit")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: {
        ...paging,
        actor: filter,
        action: filter,
        target_id: filter,
        request_id: filter,
        since: Schema.optionalKey(Timestamp),
        until: Schema.optionalKey(Timestamp)
      },
      success: AuditList,
      error: wireErrors
    }),
    HttpApiEndpoint.get("get", "/:audit_id", {
      params: { audit_id: AuditId },
      success: AuditRow,
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/audit") {}
