/**
 * A game that a backend with folders has begun goes on with one that keeps states in the database, and from then on
 * without the folder: in processes that are killed, with child engines.
 */
import { rmSync } from "node:fs"
import { join } from "node:path"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hasForTests } from "../../../../scripts/lib/hasForTests.ts"
import { admin, answered, asAdmin, begun, played, seen, thought, turnOf } from "./backup/story.ts"
import { backend, folder, gateway, redis, relay, signIn } from "./parts.ts"

const url = serverUrl()
const there = hasForTests(
  url !== undefined && redis !== undefined,
  "games that move into the database (no PostgreSQL or no Redis)"
)

describe.skipIf(!there)("where a game's state is", () => {
  it.live(
    "changes with the backend, and nothing that a player was told of is lost",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { url: database } = yield* cloneUrl(url ?? "")
          const { port: smtp, mails } = yield* relay
          const dataDir = yield* folder
          const more = { BACKEND_ADMIN_BOOTSTRAP_USER: admin.user, BACKEND_ADMIN_BOOTSTRAP_PASSWORD: admin.password }
          const inFolder = { ...more, BACKEND_ENGINE_STATE: "folder" }
          const first = yield* backend({ database, smtp, dataDir, more: inFolder })
          const at = `http://127.0.0.1:${first.ports.http}`
          const front = yield* gateway(first.ports)
          const ada = yield* signIn(front.url, mails, "ada")
          const lin = yield* signIn(front.url, mails, "lin")
          const players = [ada, lin]
          const game = yield* begun(ada, lin)
          yield* played(at, players, game, 1, yield* thought(players, game, 0))
          const orders = yield* thought(players, game, 1)
          const [own = []] = orders
          const given = yield* answered(ada.client.call("user.games.order", { game_id: game, turn: 1, orders: own }))
          const told = yield* seen(players, game, 1)
          const where = Effect.map(
            asAdmin(at, "GET", `/games/${game}/why`),
            (it) => (it as { readonly engine: { readonly game_state_in: string } }).engine.game_state_in
          )
          assert.strictEqual(yield* where, "host")

          let present = first.started
          const next = (folderGone: boolean) =>
            Effect.gen(function* () {
              yield* Effect.promise(() => present.kill("SIGKILL"))
              if (folderGone) rmSync(join(dataDir, "games"), { recursive: true, force: true, maxRetries: 10 })
              present = (yield* backend({ database, smtp, dataDir, more, ports: first.ports })).started
              assert.strictEqual(yield* turnOf(ada, game), 1)
              assert.deepStrictEqual(yield* seen(players, game, 1), told)
              const standing = yield* answered(ada.client.call("user.games.order.get", { game_id: game, turn: 1 }))
              assert.deepStrictEqual([standing.orders, standing.revision], [given.orders, given.revision])
              assert.strictEqual(yield* where, "database")
            })
          yield* next(false)
          yield* next(true)
          yield* played(at, players, game, 2, orders)
          assert.strictEqual(yield* turnOf(ada, game), 2)
        })
      ),
    480_000
  )
})
