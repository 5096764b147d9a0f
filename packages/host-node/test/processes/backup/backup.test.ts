/**
 * The drill of docs/operating/backup.md, with its own commands: a platform is backed up, goes on, is killed with all of its
 * processes, and is restored to the time of its third turn. The turns that were lost are made again, from the same orders,
 * with equal bytes.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue, Stream } from "effect"
import { hasForTests } from "../../../../../scripts/lib/hasForTests.ts"
import { postgresPrograms } from "../../../../../scripts/lib/serversForTests.ts"
import { backend, folder, gateway, redis, relay, signIn } from "../parts.ts"
import * as Cluster from "./Cluster.ts"
import { block } from "./page.ts"
import { admin, begun, played, seen, thought, turnOf } from "./story.ts"

const there = hasForTests(
  postgresPrograms !== undefined && redis !== undefined,
  "backup and restore (no PostgreSQL on this machine, or no Redis server)"
)

/** All files of the game's state, with their digests. */
const filesOf = (at: Cluster.Place, database: string, gameId: string) =>
  at.sh(`psql --dbname=${database} -Atc "SELECT path || ' ' || encode(sha256, 'hex') FROM backend.engine_files
    WHERE game_id = '${gameId}' ORDER BY path"`)

describe.skipIf(!there)("backup and restore", () => {
  it.live(
    "a platform that is restored to a time makes the turns that were lost again, with equal bytes",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const at = yield* Cluster.place
          const { port: smtp, mails } = yield* relay
          const data = at.data("main")
          yield* at.init(data, block("configuration"))
          yield* Cluster.start(at, data)
          yield* at.sh(`psql --quiet --dbname=postgres --command="CREATE ROLE galaxy LOGIN PASSWORD '$PGPASSWORD'"
            createdb --owner=galaxy galaxy`)
          const database = at.url("galaxy").replace("//postgres:", "//galaxy:")
          const more = {
            BACKEND_ADMIN_BOOTSTRAP_USER: admin.user,
            BACKEND_ADMIN_BOOTSTRAP_PASSWORD: admin.password
          }
          const page = { PGDATA: data, DATABASE: "galaxy" }

          const dataDir = yield* folder
          const first = yield* backend({ database, smtp, dataDir, more })
          const url = `http://127.0.0.1:${first.ports.http}`
          const front = yield* gateway(first.ports)
          const ada = yield* signIn(front.url, mails, "ada")
          const lin = yield* signIn(front.url, mails, "lin")
          const players = [ada, lin]
          const heard = yield* Queue.unbounded<string>()
          yield* Effect.forkScoped(
            Stream.runForEach(ada.client.events("now"), (event) =>
              Queue.offer(heard, event.kind === "game.turn.ready" ? `turn ${event.payload.turn}` : event.kind)
            )
          )
          const game = yield* begun(ada, lin)
          yield* at.sh(block("base backup"), page)
          for (const turn of [1, 2, 3]) {
            yield* played(url, players, game, turn, yield* thought(players, game, turn - 1))
          }
          yield* at.sh(block("dump"), page)
          const until = (yield* at.sh(`psql --dbname=galaxy -Atc 'SELECT clock_timestamp()'`)).trim()
          const orders = [yield* thought(players, game, 3)]
          yield* played(url, players, game, 4, orders[0] ?? [])
          orders.push(yield* thought(players, game, 4))
          yield* played(url, players, game, 5, orders[1] ?? [])
          const told = [yield* seen(players, game, 4), yield* seen(players, game, 5)]
          const files = yield* filesOf(at, "galaxy", game)
          for (const path of ["galaxy", "turns"]) assert.include(files, `${path}/0000005.json`)
          assert.match(files, /^orders\/0*4\//m)

          yield* Effect.promise(() => first.started.kill("SIGKILL"))
          yield* Cluster.kill(data)
          const restored = at.data("main.new")
          yield* at.sh(block("restore to a time"), { ...page, UNTIL: until })
          assert.include(yield* at.sh(`pg_controldata '${restored}'`), "TimeLineID:       2")

          /** A backend on that database, and on a machine that has nothing, makes both turns again. */
          const again = Effect.fnUntraced(function* (name: string) {
            const { started } = yield* backend({
              database: database.replace(/galaxy$/, name),
              smtp,
              dataDir: yield* folder,
              more,
              ports: first.ports
            })
            yield* Effect.promise(() => started.until(/"a gateway subscribed".*"outcome":"RESTARTED"/))
            assert.strictEqual(yield* turnOf(ada, game), 3)
            for (const [at, turn] of [4, 5].entries()) yield* played(url, players, game, turn, orders[at] ?? [])
            assert.deepStrictEqual([yield* seen(players, game, 4), yield* seen(players, game, 5)], told)
            assert.strictEqual(yield* filesOf(at, name, game), files)
            yield* Effect.promise(() => started.kill("SIGKILL"))
          })
          yield* again("galaxy")

          yield* at.sh(block("restore a dump"), { ...page, RESTORED: "galaxy_restored" })
          yield* at.asOperator(block("new incarnation"), { RESTORED: "galaxy_restored" })
          yield* again("galaxy_restored")

          // A player who listens all the time is told each time that the numbers of events went back.
          const twice = ["gateway.gap", "turn 4", "turn 5", "gateway.gap", "turn 4", "turn 5"]
          const events: Array<string> = []
          while (events.length < 11) {
            const event = yield* Effect.timeout(Queue.take(heard), "60 seconds")
            // It may have begun before the stream was open.
            if (event !== "game.started") events.push(event)
          }
          assert.deepStrictEqual(events, ["turn 1", "turn 2", "turn 3", "turn 4", "turn 5", ...twice])
        })
      ),
    480_000
  )
})
