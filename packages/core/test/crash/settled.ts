/** Everything that the database holds once nothing is left to be done, in a form in which two runs can be compared. */
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Place } from "./place.ts"

/** What tells of the way and not of its end: attempts, and engines that were started. */
const ways = new Set([
  "auth_challenges",
  "runtime_heartbeat",
  "runtime_operation_log",
  "runtime_health_snapshots",
  "mail_attempts"
])
const wayColumns = new Set([
  "row_version",
  "attempts",
  "seat_order_attempts",
  "current_container_id",
  "engine_endpoint",
  // How often an engine was started: a crash may cost a run.
  "engine_epoch",
  "engine_instance",
  "health",
  "health_since",
  "last_decision",
  "seed",
  "request_id",
  "trace_id",
  "xid",
  "event_no"
])

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const millis = /(?<=:)\d{13}\b/g

const normal = (value: unknown, named: ReadonlyMap<string, string>): unknown => {
  if (typeof value === "string") {
    if (time.test(value)) return "a time"
    // Payloads and seeds.
    if (value.startsWith("\\x")) return "bytes"
    return value.replace(uuid, (id) => named.get(id) ?? "an id").replace(millis, "a time")
  }
  if (Array.isArray(value)) return value.map((it) => normal(it, named))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, it]) => (wayColumns.has(key) ? [] : [[key, normal(it, named)]]))
  )
}

/** The rows of all tables, ids and times left out; an audit row only where something was changed. */
export const rows = Effect.fnUntraced(function* (place: Place) {
  const sql = yield* SqlClient.SqlClient
  const named = new Map(Object.entries(place).map(([name, id]) => [id as string, name]))
  const tables = yield* sql<{ readonly name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'backend' AND table_type = 'BASE TABLE' ORDER BY 1`
  const found: Record<string, ReadonlyArray<string>> = {}
  for (const { name } of tables) {
    if (ways.has(name) || name.includes("migrations")) continue
    // A task that a worker finishes meanwhile is no change of the administrator's.
    const changed = name === "audit_log" ? "WHERE before - 'engine_task' IS DISTINCT FROM after - 'engine_task'" : ""
    const all = yield* sql.unsafe<{ readonly row: unknown }>(
      `SELECT to_jsonb(t) AS row FROM backend.${name} t ${changed}`
    )
    found[name] = all.map(({ row }) => JSON.stringify(normal(row, named))).toSorted()
  }
  return found
})

type Rows = Effect.Success<ReturnType<typeof rows>>

const without = (those: Rows, these: Rows) =>
  Object.entries(those).flatMap(([table, lines]) => {
    const rest = [...(these[table] ?? [])]
    return lines.flatMap((line) => {
      const at = rest.indexOf(line)
      if (at < 0) return [`${table} ${line}`]
      rest.splice(at, 1)
      return []
    })
  })

/** What one has and the other doesn't: rows that were lost, and rows that there are too many of. */
export const difference = (wanted: Rows, found: Rows) => ({
  lost: without(wanted, found),
  extra: without(found, wanted)
})

/** How much workers have left to do: now, and by the clock only later (the second look at an account's end). */
export const left = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* DateTime.nowAsDate
  const [row] = yield* sql<{ readonly due: number; readonly later: number }>`
    SELECT ((SELECT count(*) FROM backend.mail_deliveries WHERE status NOT IN ('sent', 'dead_lettered'))
      + (SELECT count(*) FROM backend.account_ends WHERE completed_at IS NULL OR next_attempt_at <= ${now})
      + (SELECT count(*) FROM backend.player_mappings WHERE seat_order_at IS NOT NULL)
      + (SELECT count(*) FROM backend.runtime_records WHERE next_attempt_at IS NOT NULL OR engine_task IS NOT NULL
          OR (status = 'running' AND next_turn_at <= ${now})))::int AS due,
      (SELECT count(*)::int FROM backend.account_ends WHERE next_attempt_at > ${now}) AS later`
  return row ?? { due: 0, later: 0 }
})
