/** Sets the tables of games in play back to an earlier moment, so that what was recorded since can run again. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Tables whose rows a turn changes, with their keys. */
const changed = [
  ["games", ["game_id"]],
  ["memberships", ["membership_id"]],
  ["runtime_records", ["game_id"]],
  ["push_user_heads", ["user_id"]]
] as const

/** Tables to which a turn adds rows, those with references first. */
const added = ["notification_routes", "notifications", "push_events", "runtime_operation_log"] as const

/** Remembers the present moment. Running the result goes back to it, and leaves all games paused. */
export const moment = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const [table] of changed) yield* sql.unsafe(`CREATE TABLE public.kept_${table} AS TABLE backend.${table}`)
  const since = new Date()
  return Effect.gen(function* () {
    for (const table of added) yield* sql`DELETE FROM ${sql.literal(`backend.${table}`)} WHERE created_at >= ${since}`
    for (const [table, keys] of changed) {
      const columns = yield* sql<{ name: string }>`
        SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = 'backend' AND table_name = ${table} AND is_generated = 'NEVER'`
      const set = columns.map(({ name }) => `${name} = k.${name}`).join(", ")
      const same = keys.map((it) => `t.${it} = k.${it}`).join(" AND ")
      yield* sql.unsafe(`UPDATE backend.${table} t SET ${set} FROM public.kept_${table} k WHERE ${same}`)
    }
    // Otherwise the backend would make their turns again.
    yield* sql`UPDATE backend.runtime_records SET paused = true`
    yield* sql`VACUUM ANALYZE`
  })
})
