/** The backends that share the games of a database, for operators (`/api/v1/admin/backends`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { Timestamp } from "../Fields.ts"

/** One of the backends that share the games of a database. */
export const BackendState = Schema.Struct({
  /** Where the others reach it. */
  address: Schema.String,
  /** The others reach it, and it was heard of within the last ten seconds; its games are owned by others otherwise. */
  healthy: Schema.Boolean,
  /** When it last said in the database that it is there. */
  heartbeat_at: Timestamp,
  /** It is the one that gives this answer. */
  answering: Schema.Boolean,
  /** What it runs; absent until it has said so. */
  release: Schema.optionalKey(Schema.String),
  /** When its process began, by its own clock; absent until it has said so. */
  started_at: Schema.optionalKey(Timestamp),
  /** True where another process has spoken under the same address within the last minute: one of them has the wrong settings. */
  contested: Schema.optionalKey(Schema.Boolean),
  /** Games in play that it owns, as it counted them some seconds ago; absent for one that is lost. */
  games: Schema.optionalKey(Schema.Int)
})

/** Backends of the cluster. */
export class AdminBackendsGroup extends HttpApiGroup.make("adminBackends")
  .add(
    /** The first 100 by address; none where a backend is alone by its settings. */
    HttpApiEndpoint.get("list", "/", {
      success: Schema.Struct({ backends: Schema.Array(BackendState) }),
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/backends") {}
