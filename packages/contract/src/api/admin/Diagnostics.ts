/** How the backend is doing (`/api/v1/admin/diagnostics`), for operators: no personal data, and cheap to ask for. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { Timestamp } from "../Fields.ts"

/** A background worker of the backend that answers. */
export const WorkerProgress = Schema.Struct({
  name: Schema.String,
  /** Whole seconds since its last completed pass, or since its start. */
  seconds_since_pass: Schema.Int,
  /** It hasn't completed a pass for too long; `/readyz` names it. */
  stalled: Schema.Boolean
})

/** How many games have a runtime in this status. */
export const RuntimeCount = Schema.Struct({ status: Schema.String, games: Schema.Int })

/** The answer. Counts of outboxes are exact up to 10,000, which stands for that many or more. */
export const Diagnostics = Schema.Struct({
  at: Timestamp,
  /** The backend's release. */
  release: Schema.String,
  database: Schema.Struct({
    /** PostgreSQL's version. */
    version: Schema.String,
    size_bytes: Schema.Int,
    /** Number of the last migration that has been applied. */
    migration: Schema.Int,
    /** Number of the last migration of this release. */
    latest_migration: Schema.Int
  }),
  workers: Schema.Array(WorkerProgress),
  mail: Schema.Struct({
    /** Mails that aren't sent yet, those that are tried again included. */
    pending: Schema.Int,
    /** When the mail that has waited longest was due; absent if none is due. */
    oldest_due_at: Schema.optionalKey(Timestamp),
    /** Mails that were given up. */
    dead_lettered: Schema.Int
  }),
  notifications: Schema.Struct({ dead_letters: Schema.Int, malformed: Schema.Int }),
  /** Accounts whose end isn't complete yet and will be tried again. */
  account_ends_open: Schema.Int,
  runtimes: Schema.Array(RuntimeCount),
  /** When the turn that has waited longest was due; absent if none is due. */
  oldest_due_turn_at: Schema.optionalKey(Timestamp)
})

/** How the backend is doing. */
export class AdminDiagnosticsGroup extends HttpApiGroup.make("adminDiagnostics")
  .add(HttpApiEndpoint.get("get", "/", { success: Diagnostics, error: wireErrors }))
  .prefix("/api/v1/admin/diagnostics") {}
