/** Which backends share the games of the database, as the cluster's own table has them. */
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"

/** Backends that are shown. */
const most = 100

/** A backend that says nothing for longer has lost its games to others (`RuntimeCluster`). */
const silence = "10 seconds"

const Rows = Schema.Array(
  Schema.Struct({ address: Schema.String, healthy: Schema.Boolean, heartbeat_at: Schema.DateTimeUtcFromDate })
)

/** All of them; none where no backend of a cluster is there, whatever an earlier one has left. */
export const read = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // The cluster makes its tables itself: a backend that was always alone has none.
  const [table] = yield* sql<{ readonly there: boolean }>`
    SELECT to_regclass('backend.cluster_runners') IS NOT NULL AS there`
  if (table?.there !== true) return []
  const all = yield* Effect.flatMap(
    sql`
      SELECT address, healthy AND fresh AS healthy, last_heartbeat::timestamptz AS heartbeat_at
      FROM backend.cluster_runners
      CROSS JOIN LATERAL (SELECT last_heartbeat > now() - ${silence}::interval AS fresh) AS heard
      WHERE EXISTS (SELECT 1 FROM backend.cluster_runners WHERE last_heartbeat > now() - ${silence}::interval)
      ORDER BY address LIMIT ${most}::int`,
    Schema.decodeUnknownEffect(Rows)
  )
  return all
})
