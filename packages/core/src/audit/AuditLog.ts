/** The audit log of administrators: one row for each mutation, written with it. Rows are never changed or removed. */
import type { AuditRow as AuditRowSchema } from "@galaxy/contract/api/admin/Audit"
import { AuditId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"
import type { AuditEntry } from "./Audited.ts"

/** A row as the wire shows it. */
export type AuditRow = typeof AuditRowSchema.Type

/** What a listing is narrowed to; all that are given must match. */
export interface AuditFilter {
  readonly actor?: string
  readonly action?: string
  readonly target_id?: string
  readonly request_id?: string
  /** Inclusive. */
  readonly since?: DateTime.Utc
  /** Exclusive. */
  readonly until?: DateTime.Utc
}

/** Who did it, in which request, and whether it was only tried. */
export interface AuditOrigin {
  readonly actor: string
  readonly requestId: string
  readonly dryRun: boolean
}

/** Appends and reads audit rows. Fails with `StorageError` only, except for a cursor that is none. */
export class AuditLog extends Context.Service<
  AuditLog,
  {
    /** Joins the caller's transaction. */
    append(entry: AuditEntry, origin: AuditOrigin): Effect.Effect<AuditId, StorageError>
    find(auditId: AuditId): Effect.Effect<Option.Option<AuditRow>, StorageError>
    /** Newest first. */
    list(
      filter: AuditFilter,
      page: PageRequest
    ): Effect.Effect<
      { readonly audit: ReadonlyArray<AuditRow>; readonly next_cursor?: string },
      CursorInvalid | StorageError
    >
  }
>()("@galaxy/core/audit/AuditLog") {}

const Row = Schema.Struct({
  audit_id: AuditId,
  created_at: Schema.DateTimeUtcFromDate,
  actor: Schema.String,
  action: Schema.String,
  target_kind: Schema.String,
  target_id: Schema.String,
  reason: Schema.NullOr(Schema.String),
  before: Schema.Json,
  after: Schema.Json,
  request_id: Schema.String,
  dry_run: Schema.Boolean
})

/** Longest view of a target that is kept, in characters of JSON. */
const maxView = 65_536

/** A target's view as JSON that PostgreSQL can store; one that is too long is replaced by a note that it was. */
export const viewJson = (view: unknown): string => {
  const text = JSON.stringify(view ?? null).replaceAll("\\u0000", "\\ufffd")
  return text.length > maxView ? JSON.stringify({ left_out: `${text.length} characters` }) : text
}

/** `AuditLog` over PostgreSQL. */
export const layer: Layer.Layer<AuditLog, never, SqlClient.SqlClient> = Layer.effect(
  AuditLog,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))
    const view = ({ created_at, ...row }: typeof Row.Type): AuditRow => ({
      ...withoutNulls(row),
      before: row.before,
      after: row.after,
      at: created_at
    })

    const append = Effect.fn("AuditLog.append")(function* (entry: AuditEntry, origin: AuditOrigin) {
      const id = AuditId.make(yield* newId)
      yield* sql`
        INSERT INTO backend.audit_log
          (audit_id, created_at, actor, action, target_kind, target_id, reason, before, after, request_id, dry_run)
        VALUES (${id}, ${yield* DateTime.nowAsDate}, ${origin.actor}, ${entry.action}, ${entry.target.kind},
          ${entry.target.id}, ${entry.reason ?? null}, ${viewJson(entry.before)}::text::jsonb,
          ${viewJson(entry.after)}::text::jsonb, ${origin.requestId}, ${origin.dryRun})`
      return id
    }, StorageError.refail)

    const find = Effect.fn("AuditLog.find")(function* (auditId: AuditId) {
      const rows = yield* decode(yield* sql`SELECT * FROM backend.audit_log WHERE audit_id = ${auditId}`)
      return Option.map(Option.fromUndefinedOr(rows[0]), view)
    }, StorageError.refail)

    const list = Effect.fn("AuditLog.list")(function* (filter: AuditFilter, page: PageRequest) {
      const equal = (["actor", "action", "target_id", "request_id"] as const).flatMap((column) =>
        filter[column] === undefined ? [] : [sql`${sql(column)} = ${filter[column]}`]
      )
      const matching = [
        ...equal,
        ...(filter.since === undefined ? [] : [sql`created_at >= ${DateTime.toDateUtc(filter.since)}`]),
        ...(filter.until === undefined ? [] : [sql`created_at < ${DateTime.toDateUtc(filter.until)}`])
      ]
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT * FROM backend.audit_log
              WHERE ${sql.and([sql`(created_at, audit_id) < (${after.createdAt}, ${after.id}::uuid)`, ...matching])}
              ORDER BY created_at DESC, audit_id DESC LIMIT ${limit}`,
            decode
          ),
        (it) => it.audit_id
      )
      return { audit: rows.map(view), ...next }
    }, StorageError.refail)

    return AuditLog.of({ append, find, list })
  })
)
