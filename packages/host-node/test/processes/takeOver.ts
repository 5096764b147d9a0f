/** Two backends in a cluster and a gateway that knows both, as processes, with a game of two players that runs at one of them. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { GalaxyClient } from "@galaxy/client/GalaxyClient"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Context } from "effect"
import { SqlClient } from "effect/sql"
import { backend, folder, gateway, patiently, redis, relay, signIn } from "./parts.ts"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

const postgres = serverUrl()

export const isThere = postgres !== undefined && redis !== undefined

const many = "1000000,1000000"
const budgets = ["IP", "SESSION", "USER", "MESSAGE_TYPE", "PUBLIC_IP", "PUBLIC_IDENTITY", "FAILURES_USER", "REPEATS"]
const generous = Object.fromEntries(budgets.map((it) => [`GATEWAY_BUDGET_${it}`, many]))

/** Milliseconds that something takes. */
export const timed = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const begun = performance.now()
    yield* effect
    return Math.round(performance.now() - begun)
  })

/** Waits until it is so. */
export const soon = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.delay(isSo, "100 millis"), { until: (it) => it, times: 1_200 })

/** How many turns each player was told of. */
export const turnsTold = (sql: SqlClient.SqlClient) =>
  Effect.map(
    sql<{ count: number }>`
      SELECT count(*)::int AS count FROM backend.push_events WHERE kind = 'game.turn.ready' GROUP BY user_id`,
    (all) => all.map(({ count }) => count)
  )

/** The platform, with the database at hand. */
export const platform = Effect.gen(function* () {
  const { url: database } = yield* cloneUrl(postgres ?? "")
  const { mails, port: smtp } = yield* relay
  const start = Effect.gen(function* () {
    const dataDir = yield* folder
    const more = { BACKEND_CLUSTER_ADDR: `127.0.0.1:${yield* Effect.promise(freePort)}` }
    const { ports, started } = yield* backend({ database, smtp, dataDir, more })
    return { started, ports, host: readFileSync(join(dataDir, "host-id"), "utf8").trim() }
  })
  const backends = yield* Effect.all([start, start], { concurrency: 2 })
  const front = yield* gateway(
    backends.map((it) => it.ports),
    generous
  )
  const storage = yield* Layer.build(Postgres.layer({ url: database, maxConnections: 2 }))
  const sql = Context.get(storage, SqlClient.SqlClient)
  const { client: ada } = yield* signIn(front.url, mails, "ada")
  const { client: lin } = yield* signIn(front.url, mails, "lin")
  /** The backend on whose host the game's engine runs. */
  const runner = Effect.fnUntraced(function* (gameId: string) {
    const [row] = yield* sql<{ host: string }>`
      SELECT engine_host AS host FROM backend.runtime_records WHERE game_id = ${gameId}`
    const found = backends.find((it) => it.host === row?.host)
    return found ?? (yield* Effect.die(new Error(`no backend runs the game: ${row?.host}`)))
  })
  return { front, sql, ada, lin, runner }
})

/** Starts a game of the two whose turns are made when both are done, and else once a year. Returns its id. */
export const newGame = Effect.fnUntraced(function* (
  owner: GalaxyClient,
  guest: GalaxyClient,
  [ownRace, otherRace]: readonly [string, string]
) {
  const { user_id } = yield* guest.call("user.account.get", {})
  const { game_id } = yield* owner.call("lobby.games.create", {
    game_name: "Two",
    min_players: 2,
    max_players: 2,
    turn_schedule: "0 0 1 1 *",
    early_turns: true
  })
  yield* owner.call("lobby.games.open_enrollment", { game_id })
  const own = yield* owner.call("lobby.invites.issue", { game_id })
  yield* owner.call("lobby.invites.redeem", {
    game_id,
    invite_id: own.invite_id,
    race_name: ownRace,
    ...(own.code === undefined ? {} : { code: own.code })
  })
  const other = yield* owner.call("lobby.invites.issue", { game_id, invited_user_id: user_id })
  yield* guest.call("lobby.invites.redeem", { game_id, invite_id: other.invite_id, race_name: otherRace })
  yield* owner.call("lobby.games.ready_to_start", { game_id })
  yield* owner.call("lobby.games.start", { game_id })
  return game_id
})

/** Starts a game of the two, and returns how they play it. */
export const game = Effect.fnUntraced(function* (ada: GalaxyClient, lin: GalaxyClient) {
  const game_id = yield* newGame(ada, lin, ["Vega", "Lyra"])

  const report = (turn: number) => Effect.retry(ada.call("user.games.report", { game_id, turn }), patiently)
  const order = (open: number) =>
    Effect.retry(
      ada.call("user.games.order", { game_id, turn: open, orders: [{ op: "war", race: "Lyra" }] }),
      patiently
    )
  /** Both are done, so the turn is made. */
  const turn = (open: number) =>
    Effect.gen(function* () {
      for (const it of [ada, lin]) {
        yield* Effect.retry(it.call("user.games.ready", { game_id, turn: open, ready: true }), patiently)
      }
      yield* report(open + 1)
    })
  return { gameId: game_id, report, order, turn }
})
