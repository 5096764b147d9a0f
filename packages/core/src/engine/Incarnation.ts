/**
 * Which incarnation of the platform this database is. A new one begins when a backup was restored: what engines and
 * clients knew before may belong to another history.
 */
import { Effect, Exit, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

/** How long it may have been read before. A new one may begin while a backend runs. */
const knownFor = "5 seconds"

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ incarnation: Schema.String })]))

/** Reads it. Fails if the database doesn't say, as before its first migration. */
export const read = (sql: SqlClient.SqlClient): Effect.Effect<string, StorageError> =>
  Effect.map(
    StorageError.refail(Effect.flatMap(sql`SELECT incarnation::text FROM backend.installation`, decode)),
    ([row]) => row.incarnation
  )

/** Reads it, at most every five seconds. Fails if the database doesn't say, as before its first migration. */
export const current: Effect.Effect<Effect.Effect<string, StorageError>, never, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = yield* SqlClient.SqlClient
    return yield* Effect.cachedWithTTL(read(sql), (exit) => (Exit.isSuccess(exit) ? knownFor : 0))
  }
)
