/** Tries every mutation of the admin surface dry and for real, and looks for its audit rows. */
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Call } from "../platform.ts"
import { type Pools, type Request, valid } from "./requests.ts"
import { isObject } from "./validate.ts"
import { document, operations } from "./walk.ts"
import { make, type World } from "./world.ts"

/** Every operation of the admin surface that changes something; their dry runs are not among them. */
export const mutations = operations.filter(
  (it) => it.tag === "Admin" && it.method !== "get" && !it.path.startsWith("/api/v1/admin/dry-run/")
)

/** What an operation needs besides a world, by its path: preparation, and the values for its parameters and fields. */
const hints: Readonly<Record<string, (call: Call, world: World) => Effect.Effect<Pools>>> = {
  "/api/v1/admin/users/{user_id}/limits/{code}/lift": (call, { member }) =>
    Effect.as(
      call("admin", "POST", `/api/v1/admin/users/${member}/limits`, {
        limit_code: "max_registered_race_names",
        value: 3,
        reason: "a test"
      }),
      { user_id: [member], code: ["max_registered_race_names"] }
    ),
  "/api/v1/admin/users/{user_id}/sanctions/{code}/lift": (call, { member }) =>
    Effect.as(
      call("admin", "POST", `/api/v1/admin/users/${member}/sanctions`, {
        sanction_code: "permanent_block",
        reason: "a test"
      }),
      { user_id: [member], code: ["permanent_block"] }
    )
}

/** A digest of every table but the audit log. */
const digest = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'backend' AND table_type = 'BASE TABLE' AND table_name <> 'audit_log' ORDER BY 1`
  const parts = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS sum FROM backend.${name} t`
  )
  return yield* sql.unsafe<{ readonly name: string; readonly sum: string }>(parts.join(" UNION ALL "))
})

interface Row {
  readonly action: string
  readonly actor: string
  readonly dry_run: boolean
  readonly request_id: string
  readonly reason: string | null
  readonly text: string
}

const rows = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Row>`
    SELECT action, actor, dry_run, request_id, reason, before::text || after::text AS text FROM backend.audit_log
    ORDER BY created_at, audit_id`
)

const dryPath = (path: string) => path.replace("/api/v1/admin/", "/api/v1/admin/dry-run/")

const withoutReason = ({ path, body }: Request): Request =>
  isObject(body)
    ? { path, body: Object.fromEntries(Object.entries(body).filter(([key]) => key !== "reason")) }
    : { path, body: {} }

/** Returns what is wrong with the mutations, and those for which no request was found that succeeds. */
export const walkMutations = Effect.fnUntraced(function* (call: Call, seed: number) {
  const random = new SeededRandom(seed)
  const faults: Array<string> = []
  const untried: Array<string> = []
  for (const op of mutations) {
    const id = op.operation.operationId
    const method = op.method.toUpperCase()
    const world = yield* make(call)
    const pools = { ...world.pools, ...(yield* hints[op.path]?.(call, world) ?? Effect.succeed({})) }
    let tried: Request | undefined
    let last = ""
    for (let i = 0; i < 60 && tried === undefined; i++) {
      const request = valid(document, random, pools, op.path, op.operation)
      const before = yield* digest
      const count = (yield* rows).length
      const dry = yield* call("admin", method, dryPath(request.path), request.body)
      if (JSON.stringify(yield* digest) !== JSON.stringify(before)) faults.push(`${id}: the dry run changed something`)
      const added = (yield* rows).slice(count)
      last = JSON.stringify([request, dry.body])
      if (dry.status >= 400) {
        if (added.length > 0) faults.push(`${id}: a refused dry run left a row`)
        continue
      }
      tried = request
      if (added.length !== 1 || added[0]?.dry_run !== true) faults.push(`${id}: the dry run left ${added.length} rows`)
      if (added[0]?.action !== dry.body.action) faults.push(`${id}: row and answer name different actions`)
    }
    if (tried === undefined) {
      untried.push(`${id} ${last}`.slice(0, 600))
      continue
    }
    if (op.path.includes("/users/") || op.path.endsWith("/ban-member")) {
      const bare = withoutReason(tried)
      const answer = yield* call("admin", method, dryPath(bare.path), bare.body)
      if (answer.body.error?.code !== "invalid_request") faults.push(`${id}: needs no reason`)
    }
    const count = (yield* rows).length
    const done = yield* call("admin", method, tried.path, tried.body)
    const added = (yield* rows).slice(count)
    const [row] = added
    if (done.status >= 300) faults.push(`${id}: succeeds dry and not for real: ${JSON.stringify(done.body)}`)
    if (added.length !== 1 || row === undefined) {
      faults.push(`${id}: left ${added.length} audit rows`)
      continue
    }
    const given = isObject(tried.body) ? tried.body["reason"] : undefined
    if (row.dry_run || row.actor !== "root" || !/^[a-z_]+\.[a-z_]+$/.test(row.action))
      faults.push(`${id}: ${JSON.stringify(row)}`)
    if (row.request_id !== done.headers.get("x-request-id")) faults.push(`${id}: the row has another request's id`)
    if ((row.reason ?? undefined) !== given) faults.push(`${id}: the row has the reason ${row.reason}`)
    if (/@|password|display_name/.test(row.text))
      faults.push(`${id}: the row holds personal data: ${row.text}`.slice(0, 400))
  }
  return { faults, untried }
})
