/**
 * Real backends on a real PostgreSQL, with real engines: the one that runs a game is killed. The game goes on at the other with
 * the orders that were acknowledged, at a gateway that knows both.
 */
import { createServer, type AddressInfo } from "node:net"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { backend, folder, gateway, patiently, redis, relay, signIn } from "./parts.ts"

const postgres = serverUrl()
const there = postgres !== undefined && redis !== undefined
if (!there) console.warn("skipped: take-over by processes (no PostgreSQL or no Redis server)")

const freePort = Effect.callback<string>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(`${port}`)))
  })
})

const many = "1000000,1000000"
const budgets = ["IP", "SESSION", "USER", "MESSAGE_TYPE", "PUBLIC_IP", "PUBLIC_IDENTITY", "FAILURES_USER", "REPEATS"]
const generous = Object.fromEntries(budgets.map((it) => [`GATEWAY_BUDGET_${it}`, many]))

const timed = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const begun = performance.now()
    yield* effect
    return Math.round(performance.now() - begun)
  })

describe.skipIf(!there)("backends as processes", () => {
  it.live(
    "take over a game whose backend is killed, with its orders",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { url: database } = yield* cloneUrl(postgres ?? "")
          const { mails, port: smtp } = yield* relay
          const start = Effect.gen(function* () {
            const dataDir = yield* folder
            const more = { BACKEND_CLUSTER_ADDR: `127.0.0.1:${yield* freePort}` }
            const { ports, started } = yield* backend({ database, smtp, dataDir, more })
            return { started, ports, host: readFileSync(join(dataDir, "host-id"), "utf8").trim() }
          })
          const backends = [yield* start, yield* start]
          const front = yield* gateway(
            backends.map((it) => it.ports),
            generous
          )
          const { client: ada } = yield* signIn(front.url, mails, "ada")
          const { client: lin } = yield* signIn(front.url, mails, "lin")
          const { user_id } = yield* lin.call("user.account.get", {})
          const { game_id } = yield* ada.call("lobby.games.create", {
            game_name: "Two",
            min_players: 2,
            max_players: 2,
            turn_schedule: "0 0 1 1 *",
            early_turns: true
          })
          yield* ada.call("lobby.games.open_enrollment", { game_id })
          const own = yield* ada.call("lobby.invites.issue", { game_id })
          yield* ada.call("lobby.invites.redeem", {
            game_id,
            invite_id: own.invite_id,
            race_name: "Vega",
            ...(own.code === undefined ? {} : { code: own.code })
          })
          const hers = yield* ada.call("lobby.invites.issue", { game_id, invited_user_id: user_id })
          yield* lin.call("lobby.invites.redeem", { game_id, invite_id: hers.invite_id, race_name: "Lyra" })
          yield* ada.call("lobby.games.ready_to_start", { game_id })
          yield* ada.call("lobby.games.start", { game_id })

          const report = (turn: number) => Effect.retry(ada.call("user.games.report", { game_id, turn }), patiently)
          /** Both are done, so the turn is made; their orders were acknowledged before. */
          const turn = (open: number) =>
            Effect.gen(function* () {
              for (const it of [ada, lin]) {
                yield* Effect.retry(it.call("user.games.ready", { game_id, turn: open, ready: true }), patiently)
              }
              yield* report(open + 1)
            })
          const orders = (open: number) =>
            Effect.retry(
              ada.call("user.games.order", {
                game_id,
                turn: open,
                orders: [{ op: "war", race: "Lyra" }]
              }),
              patiently
            )
          /** The backend on whose host the game's engine runs. */
          const runner = Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            const [row] = yield* sql<{ host: string }>`
              SELECT engine_host AS host FROM backend.runtime_records WHERE game_id = ${game_id}`
            const found = backends.find((it) => it.host === row?.host)
            return found ?? (yield* Effect.die(new Error(`no backend runs the game: ${row?.host}`)))
          }).pipe(Effect.provide(Postgres.layer({ url: database, maxConnections: 1 })))

          yield* report(0)
          const usual = yield* timed(turn(0))

          yield* orders(1)
          const lost = yield* runner
          yield* Effect.promise(() => lost.started.kill("SIGKILL"))
          const killed = yield* timed(report(1))
          const kept = yield* Effect.retry(ada.call("user.games.order.get", { game_id, turn: 1 }), patiently)
          assert.strictEqual(kept.orders?.length, 1)
          yield* turn(1)

          const told = yield* Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            return yield* sql<{ count: number }>`
              SELECT count(*)::int AS count FROM backend.push_events WHERE kind = 'game.turn.ready' GROUP BY user_id`
          }).pipe(Effect.provide(Postgres.layer({ url: database, maxConnections: 1 })))
          assert.deepStrictEqual(
            told.map((it) => it.count),
            [2, 2]
          )
          console.log("in ms", { usual, killed })
          const slow = Math.max(1, usual / 2_000)
          assert.isBelow(killed, 5_000 * slow)
        })
      ),
    600_000
  )
})
