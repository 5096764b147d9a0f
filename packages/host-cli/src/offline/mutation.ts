/** A change without a server: in one transaction with its audit row, or as a dry run that rolls back. */
import { AuditLog, type AuditOrigin } from "@galaxy/core/audit/AuditLog"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { actorName } from "./Offline.ts"

/** One change in words. */
export interface Change<E, R> {
  /** As in the audit log of the server: `admin.reset_password`. */
  readonly action: string
  readonly target: { readonly kind: string; readonly id: string }
  /** Reads the target before and after, without names and addresses of players. */
  readonly view: Effect.Effect<Schema.Json, E, R>
}

/** What was done, or would have been. */
export interface Changed<A> {
  readonly before: Schema.Json
  readonly after: Schema.Json
  readonly result: A
}

class RolledBack extends Schema.TaggedError<RolledBack>()("RolledBack", {}) {}

/** Runs the change. With `--dry-run` nothing of it stays but an audit row that says so. */
export const audited = Effect.fnUntraced(function* <A, E, R, E2, R2>(
  change: Change<E2, R2>,
  work: Effect.Effect<A, E, R>
) {
  const sql = yield* SqlClient.SqlClient
  const log = yield* AuditLog
  const { dryRun, reason } = yield* Globals
  const origin: AuditOrigin = { actor: actorName(), requestId: (yield* Host).newId(), dryRun }
  let done: Changed<A> | undefined
  const entry = (it: Changed<A>) => ({
    action: change.action,
    target: change.target,
    reason,
    before: it.before,
    after: it.after
  })
  yield* sql
    .withTransaction(
      Effect.gen(function* () {
        const before = yield* change.view
        const result = yield* work
        done = { before, after: yield* change.view, result }
        if (dryRun) return yield* new RolledBack()
        yield* log.append(entry(done), origin)
      })
    )
    .pipe(
      Effect.catchIf(
        (error) => error instanceof RolledBack,
        () => Effect.void
      )
    )
  if (done === undefined) return yield* Effect.die(new Error("a change that was not made has no outcome"))
  if (dryRun) yield* log.append(entry(done), origin)
  return done
})
