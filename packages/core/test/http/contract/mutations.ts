/** Tries every mutation of the admin surface dry and for real, and looks for its audit rows. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { join } from "../../lobby/fixture.ts"
import { type Call, version } from "../platform.ts"
import { type Pools, type Request, valid } from "./requests.ts"
import { isObject } from "./validate.ts"
import { document, operations } from "./walk.ts"
import { make, type World } from "./world.ts"

/** Every operation of the admin surface that changes something; their dry runs are not among them. */
export const mutations = operations.filter(
  (it) => it.tag === "Admin" && it.method !== "get" && !it.path.startsWith("/api/v1/admin/dry-run/")
)

type Needs = Effect.Services<ReturnType<typeof make>>

/** Makes a game of the administrators' out of a player's. */
const shared = (gameId: GameId) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`UPDATE backend.games SET visibility = 'public', owner_user_id = NULL WHERE game_id = ${gameId}`
    return { game_id: [gameId] }
  })

/** A public game with players, and everybody ready to start. */
const ready = ({ owner, games: { open } }: World) =>
  Effect.gen(function* () {
    yield* join(owner, open, owner, "Vega")
    const games = yield* Games
    yield* games.readyToStart(owner, open)
    return yield* shared(open)
  })

const after =
  (action: string) =>
  (call: Call, { games: { running } }: World) =>
    Effect.gen(function* () {
      const made = yield* shared(running)
      yield* call("admin", "POST", `/api/v1/admin/games/${running}/${action}`, { reason: "a test" })
      yield* (yield* Runtimes).reconcile(running)
      return made
    })

const games = "/api/v1/admin/games/{game_id}"
const users = "/api/v1/admin/users/{user_id}"

/** What an operation needs besides a world: preparation, and the values for its parameters and fields. */
const hints: Readonly<Record<string, (call: Call, world: World) => Effect.Effect<Pools, unknown, Needs>>> = {
  [`${users}/limits/{code}/lift`]: (call, { member }) =>
    Effect.as(
      call("admin", "POST", `/api/v1/admin/users/${member}/limits`, {
        limit_code: "max_registered_race_names",
        value: 3,
        reason: "a test"
      }),
      { user_id: [member], code: ["max_registered_race_names"] }
    ),
  [`${users}/sanctions/{code}/lift`]: (call, { member }) =>
    Effect.as(
      call("admin", "POST", `/api/v1/admin/users/${member}/sanctions`, {
        sanction_code: "permanent_block",
        reason: "a test"
      }),
      { user_id: [member], code: ["permanent_block"] }
    ),
  [games]: (_call, world) => shared(world.games.open),
  [`${games}/applications/{application_id}/approve`]: (_call, world) =>
    Effect.succeed({ game_id: [world.games.shared] }),
  [`${games}/applications/{application_id}/reject`]: (_call, world) =>
    Effect.succeed({ game_id: [world.games.shared] }),
  [`${games}/open-enrollment`]: (_call, world) => shared(world.games.draft),
  [`${games}/ready-to-start`]: (_call, world) =>
    Effect.andThen(join(world.owner, world.games.open, world.owner, "Vega"), shared(world.games.open)),
  [`${games}/start`]: (_call, world) => ready(world),
  [`${games}/retry-start`]: (_call, world) =>
    Effect.gen(function* () {
      const made = yield* ready(world)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE backend.games SET status = 'start_failed' WHERE game_id = ${world.games.open}`
      return made
    }),
  [`${games}/pause`]: (_call, world) => shared(world.games.running),
  [`${games}/resume`]: after("pause"),
  [`${games}/force-stop`]: (_call, world) => shared(world.games.running),
  [`${games}/force-start`]: (call, world) =>
    Effect.map(after("force-stop")(call, world), (made) => ({ ...made, engine_version: [version] })),
  [`${games}/ban-member`]: (_call, world) =>
    Effect.succeed({ game_id: [world.games.running], user_id: [world.member] }),
  "/api/v1/admin/engine-hosts/{host_id}/forget": () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO backend.engine_hosts (host_id) VALUES ('gone')`
      return { host_id: ["gone"] }
    }),
  "/api/v1/admin/runtimes/{game_id}/patch": (call, world) =>
    Effect.as(
      call("admin", "POST", "/api/v1/admin/engine-versions", { version: "0.1.1", image_ref: "builtin:0.1.1" }),
      { game_id: [world.games.running], version: ["0.1.1"] }
    )
}

/** Tables that change by themselves: the audit log, and the counters of countries, which are written off the path. */
const leftOut = new Set(["audit_log", "user_country_counters"])

/** A digest of every table that only mutations change. */
const digest = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'backend' AND table_type = 'BASE TABLE' ORDER BY 1`
  const parts = tables
    .filter(({ name }) => !leftOut.has(name))
    .map(
      ({ name }) =>
        `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS sum FROM backend.${name} t`
    )
  const sums = yield* sql.unsafe<{ readonly name: string; readonly sum: string }>(parts.join(" UNION ALL "))
  return new Map(sums.map(({ name, sum }) => [name, sum]))
})

/** The tables that an effect changes, with its result. */
const changing = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = yield* digest
    const result = yield* effect
    const now = yield* digest
    return { result, changed: [...now].flatMap(([name, sum]) => (before.get(name) === sum ? [] : [name])) }
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

/** The audit rows that an effect leaves, with its result. */
const audited = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const count = (yield* rows).length
    const result = yield* effect
    return { result, added: (yield* rows).slice(count) }
  })

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
  let world: World | undefined
  let used = 0
  for (const op of mutations) {
    const id = op.operation.operationId
    const method = op.method.toUpperCase()
    const hint = hints[op.path]
    // What has a hint may need a game in its first state; other operations leave enough for a few more.
    if (world === undefined || hint !== undefined || used >= 4) [world, used] = [yield* make(call), 0]
    used++
    const pools: Pools = { ...world.pools, ...(hint === undefined ? {} : yield* hint(call, world)) }
    let tried: Request | undefined
    let last = ""
    for (let i = 0; i < 60 && tried === undefined; i++) {
      const request = valid(document, random, pools, op.path, op.operation)
      const dry = yield* call("admin", method, dryPath(request.path), request.body)
      last = JSON.stringify([request, dry.body])
      if (dry.status < 300) tried = request
    }
    if (tried === undefined) {
      untried.push(`${id} ${last}`.slice(0, 600))
      continue
    }
    const dry = yield* audited(changing(call("admin", method, dryPath(tried.path), tried.body)))
    const [dryRow] = dry.added
    if (dry.result.changed.length > 0) faults.push(`${id}: the dry run changes ${dry.result.changed.join()}`)
    if (dry.added.length !== 1 || dryRow?.dry_run !== true)
      faults.push(`${id}: the dry run left ${dry.added.length} rows`)
    if (dryRow?.action !== dry.result.result.body.action) faults.push(`${id}: row and answer name different actions`)
    if (op.path.includes("/users/") || op.path.endsWith("/ban-member")) {
      const bare = withoutReason(tried)
      const { result: answer, added } = yield* audited(call("admin", method, dryPath(bare.path), bare.body))
      if (added.length > 0) faults.push(`${id}: a refused dry run left a row`)
      if (answer.body.error?.code !== "invalid_request") faults.push(`${id}: needs no reason`)
    }
    const { result: done, added } = yield* audited(call("admin", method, tried.path, tried.body))
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
