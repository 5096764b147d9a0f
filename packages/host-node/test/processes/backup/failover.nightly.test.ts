/**
 * PostgreSQL fails over to a synchronous standby while a player gives orders: the primary is killed, the standby is promoted by
 * the commands of docs/operating/backup.md, and the backend goes on with it. No order that was acknowledged is lost.
 */
import { assert, describe, it } from "@effect/vitest"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { Effect, Fiber } from "effect"
import { hasForTests } from "../../../../../scripts/lib/hasForTests.ts"
import { freePort, postgresPrograms } from "../../../../../scripts/lib/serversForTests.ts"
import { backend, folder, gateway, redis, relay, signIn } from "../parts.ts"
import * as Cluster from "./Cluster.ts"
import { block } from "./page.ts"
import { admin, answered, begun, played, thought, turnOf } from "./story.ts"

const there = hasForTests(
  postgresPrograms !== undefined && redis !== undefined,
  "failover of PostgreSQL (no PostgreSQL on this machine, or no Redis server)"
)

describe.skipIf(!there)("failover of PostgreSQL", () => {
  it.live(
    "to a synchronous standby costs seconds, and no acknowledged order",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const at = yield* Cluster.place
          const { port: smtp, mails } = yield* relay
          const primary = at.data("main")
          yield* at.init(primary, block("configuration"))
          yield* Cluster.start(at, primary)
          yield* at.sh(`psql --quiet --dbname=postgres --command="CREATE ROLE galaxy LOGIN PASSWORD '$PGPASSWORD'"
            createdb --owner=galaxy galaxy`)

          const standby = at.data("standby")
          const standbyPort = yield* Effect.promise(() => freePort())
          const page = { PGDATA: primary, STANDBY: standby, DATABASE: "galaxy" }
          yield* at.sh(block("standby"), page)
          yield* at.sh(`echo "port = ${standbyPort}" >>'${standby}/postgresql.auto.conf'`)
          yield* Cluster.start(at, standby)
          yield* at.sh(block("synchronous"), page)

          // What leads to the primary, as a name or an address does that follows it.
          const link = yield* FaultyLink.make("127.0.0.1", at.port)
          const database = link.via(at.url("galaxy").replace("//postgres:", "//galaxy:"))
          const dataDir = yield* folder
          const more = { BACKEND_ADMIN_BOOTSTRAP_USER: admin.user, BACKEND_ADMIN_BOOTSTRAP_PASSWORD: admin.password }
          const { ports } = yield* backend({ database, smtp, dataDir, more })
          const url = `http://127.0.0.1:${ports.http}`
          const front = yield* gateway(ports)
          const players = [yield* signIn(front.url, mails, "ada"), yield* signIn(front.url, mails, "lin")] as const
          const [{ client }] = players
          const game_id = yield* begun(...players)
          yield* played(url, players, game_id, 1, yield* thought(players, game_id, 0))

          let given = 0
          let kept = 0
          const giving = yield* Effect.forkScoped(
            Effect.forever(
              Effect.gen(function* () {
                given += 1
                const orders = [{ op: "vote", race: `R${given}` } as const]
                yield* client.call("user.games.order", { game_id, turn: 1, orders })
                kept = given
              }).pipe(
                Effect.catch((error) => (error._tag === "Unavailable" ? Effect.sleep("50 millis") : Effect.fail(error)))
              )
            )
          )
          const hasKept = (more: number) => {
            const from = kept
            return Effect.sleep("20 millis").pipe(
              Effect.repeat({ until: () => kept >= from + more }),
              Effect.timeout("60 seconds")
            )
          }
          yield* hasKept(10)
          yield* Cluster.kill(primary)
          yield* link.cut
          const lost = performance.now()
          yield* link.lead("127.0.0.1", standbyPort)
          yield* at.sh(block("failover"), { ...page, PGPORT: `${standbyPort}` })
          yield* hasKept(5)
          yield* Effect.sync(() =>
            console.info(`orders are kept ${Math.round(performance.now() - lost)} ms after the loss`)
          )
          yield* Fiber.interrupt(giving)

          const stands = yield* answered(client.call("user.games.order.get", { game_id, turn: 1 }))
          assert.isAtLeast(Number(stands.orders[0]?.race?.slice(1)), kept)
          yield* played(url, players, game_id, 2, yield* thought(players, game_id, 1))
          assert.strictEqual(yield* turnOf(players[1], game_id), 2)
        })
      ),
    480_000
  )
})
