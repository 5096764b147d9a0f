/** How the backend is doing (`/api/v1/admin/diagnostics`), for operators: no personal data, and cheap to ask for. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { Timestamp } from "../Fields.ts"
import { GameId } from "../../ids/Ids.ts"
import { BackendState } from "./Backends.ts"
import { EngineHost } from "./EngineHosts.ts"

/** A background worker of the backend that answers. */
export const WorkerProgress = Schema.Struct({
  name: Schema.String,
  /** Whole seconds since its last completed pass, or since its start. */
  seconds_since_pass: Schema.Int,
  /** It hasn't completed a pass for too long; `/readyz` names it. */
  stalled: Schema.Boolean
})

/** What a check has found. `unknown`: it couldn't be found out. */
export const CheckState = Schema.Literals(["ok", "warning", "problem", "unknown"])

/** One part of the backend, checked. */
export const Finding = Schema.Struct({
  /** Lower-case words with a dot, such as `mail.relay`; later versions may have more. */
  id: Schema.String,
  state: CheckState,
  /** One sentence that says what was found. */
  message: Schema.String,
  /** What to do about it; absent where nothing need be done. */
  help: Schema.optionalKey(Schema.String)
})

/** Whether something outside the backend works that it depends on. */
export const Dependency = Schema.Struct({
  state: CheckState,
  /** Why it doesn't. */
  reason: Schema.optionalKey(Schema.String)
})

/** An enabled engine version, and whether the engine host could start its image. */
export const EngineImage = Schema.Struct({ version: Schema.String, image_ref: Schema.String, ...Dependency.fields })

/** An engine of a game in play that runs, as far as is known, and doesn't answer. */
export const SilentEngine = Schema.Struct({
  game_id: GameId,
  /** It computes a turn, and has for longer than a call waits; it answers nothing meanwhile. */
  computing: Schema.Boolean,
  /** Since when, as far as it was noted. */
  since: Schema.optionalKey(Timestamp)
})

/** The room on a disk that the backend writes to. */
export const DiskSpace = Schema.Struct({
  /** What is kept there, such as `engine states`. */
  name: Schema.String,
  free_bytes: Schema.Int,
  total_bytes: Schema.Int
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
    latest_migration: Schema.Int,
    /** Whether it takes writes, found out by writing. */
    writable: Schema.Boolean,
    /** What keeps it from that. */
    trouble: Schema.optionalKey(Schema.String),
    /** Whole seconds since the oldest transaction began that is open now, that of this call left out; 0 if there is none. */
    oldest_transaction_seconds: Schema.Int,
    /** By how many milliseconds at least the backend's clock is ahead of the database's; negative if it is behind. */
    clock_ahead_ms: Schema.Int
  }),
  workers: Schema.Array(WorkerProgress),
  mail: Schema.Struct({
    /** Mails that aren't sent yet, those that are tried again included. */
    pending: Schema.Int,
    /** When the mail that has waited longest was due; absent if none is due. */
    oldest_due_at: Schema.optionalKey(Timestamp),
    /** Mails that were given up. */
    dead_lettered: Schema.Int,
    /** Whether the relay takes mails: it was greeted, and got none. */
    relay: Dependency
  }),
  engine_host: Schema.Struct({
    ...Dependency.fields,
    running: Schema.Int,
    /** Engines that were put to sleep and are woken when they are needed. */
    asleep: Schema.Int
  }),
  /** The hosts of engines; those that only rows of games name are among them. */
  engine_hosts: Schema.Array(EngineHost),
  /** Enabled versions, the newest first; the first 50. */
  engine_images: Schema.Array(EngineImage),
  /**
   * Those that hang before those that compute, and in either group the ones that have been silent longest first; the
   * first 20 of them all.
   */
  silent_engines: Schema.Array(SilentEngine),
  /** Disks of the backend's own machine, where the host tells them. */
  disks: Schema.Array(DiskSpace),
  /** The backends of the database, the first 100 by address; none where this one is alone by its settings. */
  backends: Schema.Array(BackendState),
  notifications: Schema.Struct({ dead_letters: Schema.Int, malformed: Schema.Int }),
  /** Accounts whose end isn't complete yet and will be tried again. */
  account_ends_open: Schema.Int,
  runtimes: Schema.Array(RuntimeCount),
  /** When the turn that has waited longest was due; absent if none is due. */
  oldest_due_turn_at: Schema.optionalKey(Timestamp),
  /** All of this in sentences, each with what to do about it. */
  findings: Schema.Array(Finding)
})

/** How the backend is doing. */
export class AdminDiagnosticsGroup extends HttpApiGroup.make("adminDiagnostics")
  .add(HttpApiEndpoint.get("get", "/", { success: Diagnostics, error: wireErrors }))
  .prefix("/api/v1/admin/diagnostics") {}
