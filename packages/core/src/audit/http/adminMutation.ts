/**
 * Runs every mutation of the admin surface in one transaction with its audit row, or tries it and rolls it back.
 *
 * A handler that commits nothing of its own can't change anything without leaving a row: if it hasn't described what it
 * did (`audited`), the request fails and nothing of it stays.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { AdminMutation, adminClientHeader } from "@galaxy/contract/api/admin/AdminMutation"
import { unchangedHeader } from "@galaxy/contract/api/admin/Unchanged"
import type { DryRun } from "@galaxy/contract/api/admin/DryRun"
import { Administrator } from "@galaxy/contract/api/Identity"
import { Data, Effect, Layer } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { SqlClient, type SqlError } from "effect/sql"
import { toApi } from "../../shared/http/errors.ts"
import { RequestId } from "../../shared/http/RequestId.ts"
import { type SideEffect, type SideEffectNotes, SideEffects } from "../../shared/SideEffects.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { AuditLog } from "../AuditLog.ts"
import { type AuditEntry, AuditSlot, type Slot } from "../Audited.ts"
import { isCrossSite } from "./crossSite.ts"
import { IsDryRun } from "./dryRun.ts"

/** Ends a dry run's transaction. */
class RolledBack extends Data.TaggedError("RolledBack")<{ readonly entry: AuditEntry }> {}

/** Ends the transaction of a handler that answered with an error by itself. */
class Refused extends Data.TaggedError("Refused")<{ readonly response: HttpServerResponse.HttpServerResponse }> {}

/** Longest wait of a dry run for a row that somebody else is changing. */
const dryRunLockTimeout = "500ms"

const counted = (effects: ReadonlyArray<SideEffect>): DryRun["side_effects"] => {
  const counts = new Map<string, { kind: string; what: string; count: number }>()
  for (const { kind, what } of effects) {
    const key = `${kind} ${what}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { kind, what, count: 1 })
    else known.count++
  }
  return [...counts.values()]
}

/** Provides the middleware `AdminMutation`. */
export const adminMutation: Layer.Layer<AdminMutation, never, SqlClient.SqlClient | AuditLog> = Layer.effect(
  AdminMutation,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const log = yield* AuditLog

    /** Joins the transaction around it. */
    const described = <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
      Effect.gen(function* () {
        const slot: Slot = { entry: undefined }
        const response = yield* Effect.provideService(http, AuditSlot, slot)
        if (response.status >= 400) return yield* new Refused({ response })
        if (slot.entry === undefined) return yield* Effect.die(new Error("a mutation has left no audit row"))
        return { response, entry: slot.entry, unchanged: slot.unchanged === true }
      })

    const real = <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>, actor: string) =>
      sql.withTransaction(
        Effect.gen(function* () {
          const requestId = yield* RequestId
          const { response, entry, unchanged } = yield* described(http)
          yield* log.append(entry, { actor, requestId, dryRun: false })
          return unchanged ? HttpServerResponse.setHeader(response, unchangedHeader, "true") : response
        })
      )

    const dry = <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>, actor: string) =>
      Effect.gen(function* () {
        const notes: SideEffectNotes = { effects: [], onlyChecked: [] }
        const entry = yield* sql
          .withTransaction(
            Effect.gen(function* () {
              yield* sql`SELECT set_config('lock_timeout', ${dryRunLockTimeout}, true)`
              const { entry } = yield* Effect.provideService(described(http), SideEffects, notes)
              return yield* new RolledBack({ entry })
            })
          )
          .pipe(
            Effect.catchIf(
              (error) => error instanceof RolledBack,
              (it) => Effect.succeed(it.entry)
            )
          )
        const requestId = yield* RequestId
        const auditId = yield* log.append(entry, { actor, requestId, dryRun: true })
        const answer = {
          action: entry.action,
          target_kind: entry.target.kind,
          target_id: entry.target.id,
          before: entry.before ?? null,
          after: entry.after ?? null,
          side_effects: counted(notes.effects),
          only_checked: [...new Set(notes.onlyChecked)],
          audit_id: auditId
        }
        return HttpServerResponse.jsonUnsafe(answer)
      })

    /** Answers with what the handler has refused, and turns failures of the database into answers. */
    const answered = <E, R>(
      work: Effect.Effect<HttpServerResponse.HttpServerResponse, E | Refused | SqlError.SqlError | StorageError, R>
    ) =>
      work.pipe(
        Effect.catchIf(
          (error) => error instanceof Refused,
          (it) => Effect.succeed(it.response)
        ),
        StorageError.refail,
        Effect.catchIf(
          (error) => error instanceof StorageError,
          (error) => toApi(Effect.fail(error))
        )
      )

    return AdminMutation.of((http, { endpoint }) =>
      Effect.gen(function* () {
        const dryRun = yield* IsDryRun
        if (endpoint.method === "GET") {
          if (dryRun) return yield* new ApiError.NotFound({ message: "only mutations have a dry run" })
          return yield* http
        }
        const request = yield* HttpServerRequest.HttpServerRequest
        if (isCrossSite(request.headers, adminClientHeader)) {
          return yield* new ApiError.Forbidden({
            message: `a mutation needs content-type application/json or the header ${adminClientHeader}, and must not come from a page of another site`,
            reason: "cross_site"
          })
        }
        const { username } = yield* Administrator
        return yield* answered(dryRun ? dry(http, username) : real(http, username))
      })
    )
  })
)
