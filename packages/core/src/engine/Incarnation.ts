/**
 * Which platform the database is of, and which incarnation of it. A new incarnation begins when a backup was restored:
 * what engines and clients knew before may belong to another history.
 */
import { Effect, Exit, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

/** By what a platform's engines are told from those of others, and from those of another history. */
export interface Identity {
  /** The same for as long as the platform exists; a copy of its database has it too. */
  readonly platform: string
  readonly incarnation: string
}

/** How long it may have been read before. A new incarnation may begin while a backend runs. */
const knownFor = "5 seconds"

const decode = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ platform: Schema.String, incarnation: Schema.String })])
)

/** Reads it. Fails if the database doesn't say, as before its first migration. */
export const read = (sql: SqlClient.SqlClient): Effect.Effect<Identity, StorageError> =>
  Effect.map(
    StorageError.refail(
      Effect.flatMap(sql`SELECT platform::text, incarnation::text FROM backend.installation`, decode)
    ),
    ([row]) => row
  )

/** Reads it, at most every five seconds. Fails if the database doesn't say, as before its first migration. */
export const current: Effect.Effect<Effect.Effect<Identity, StorageError>, never, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = yield* SqlClient.SqlClient
    return yield* Effect.cachedWithTTL(read(sql), (exit) => (Exit.isSuccess(exit) ? knownFor : 0))
  }
)
