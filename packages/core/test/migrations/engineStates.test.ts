/** A game that an earlier release has left in play, its state in a folder: the next release goes on with it. */
import { readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import * as StateVault from "@galaxy/core/runtime/vault/StateVault"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { type Database, eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { migratedTo, numberOf } from "./migratedTo.ts"
import { row, runtimeOn, turnsTold } from "../runtime/fixture.ts"

type Json = Readonly<Record<string, unknown>>

/** What that release had of the game, and what it answered to its players. */
interface Release {
  readonly gameId: string
  readonly owner: string
  readonly guest: string
  readonly orders: Readonly<Record<"owner" | "guest", ReadonlyArray<Json>>>
  readonly report: Json
  /** Contents of the files in the game's folder, by path. */
  readonly folder: Readonly<Record<string, string>>
  /** By table, in an order in which they can be inserted. */
  readonly rows: Readonly<Record<string, ReadonlyArray<Json>>>
}

const release: Release = JSON.parse(readFileSync(new URL("./release-33.json", import.meta.url), "utf8"))

/** The last migration of the release that wrote the rows and the folder. */
const last = 33

const gameId = GameId.make(release.gameId)
const owner = UserId.make(release.owner)
const guest = UserId.make(release.guest)

/** A database as that release left it, migrated by this one. */
const upgraded = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* migratedTo(last)
    for (const [table, rows] of Object.entries(release.rows)) {
      yield* sql.unsafe(`DELETE FROM backend.${table}`)
      yield* sql.unsafe(
        `INSERT INTO backend.${table} OVERRIDING SYSTEM VALUE
          SELECT * FROM jsonb_populate_recordset(NULL::backend.${table}, $1::text::jsonb)`,
        [JSON.stringify(rows)]
      )
    }
    // As a dump says it: the next event has the next number.
    yield* sql`SELECT setval(pg_get_serial_sequence('backend.push_events', 'event_no'), max(event_no))
      FROM backend.push_events`
    assert.deepStrictEqual(
      (yield* Migrations.run).map(([id]) => id),
      Migrations.names.map(numberOf).filter((it) => it > last)
    )
  })
)

/** Engines on the folder that release left. */
const engines = Layer.unwrap(
  Effect.gen(function* () {
    const root = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-release-"))),
      (made) => Effect.promise(() => rm(made, { recursive: true, force: true, maxRetries: 3 }))
    )
    for (const [path, content] of Object.entries(release.folder)) {
      const file = join(root, "games", gameId, path)
      yield* Effect.promise(() => mkdir(dirname(file), { recursive: true }).then(() => writeFile(file, content)))
    }
    return InProcessEngineHost.layer(root)
  })
)

const worldOn = (database: Layer.Layer<Database>, states: Parameters<typeof runtimeOn>[3]) =>
  runtimeOn(
    Layer.provideMerge(Layer.orDie(upgraded), database),
    Layer.mergeAll(engines, FetchHttpClient.layer),
    { firstBackoff: "1 second" },
    states
  )

/** What players have of the turn that the earlier release made. */
const asItWas = Effect.gen(function* () {
  const sessions = yield* PlayerOrders
  assert.deepStrictEqual(yield* sessions.report(gameId, owner, 1), release.report)
  assert.deepStrictEqual((yield* sessions.orders(gameId, owner, undefined))["orders"], release.orders.owner)
  assert.deepStrictEqual((yield* sessions.orders(gameId, guest, undefined))["orders"], release.orders.guest)
  assert.deepStrictEqual(yield* turnsTold(owner), [1])
})

/** The next turn is made with the orders that the earlier release took, and players hear of it. */
const goesOn = Effect.gen(function* () {
  const sessions = yield* PlayerOrders
  yield* (yield* Runtimes).reconcile(gameId)
  const { current_turn, status } = yield* row(gameId)
  assert.deepStrictEqual({ current_turn, status }, { current_turn: 2, status: "running" })
  for (const [player, orders] of [
    [owner, release.orders.owner],
    [guest, release.orders.guest]
  ] as const) {
    const outcomes = (yield* sessions.report(gameId, player, 2))["orders"]
    assert.containSubset(
      outcomes,
      orders.map((order) => ({ accepted: true, order }))
    )
    assert.deepStrictEqual(yield* turnsTold(player), [1, 2])
  }
})

eachDatabase((name, database) => {
  layer(worldOn(database, SqlStateVault.layer), { timeout: "240 seconds", excludeTestServices: true })(
    `a game in play of release ${last} on ${name}, with states in the database`,
    (it) => {
      it.effect("is taken in with its turns and orders, and goes on without the folder", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const vault = yield* StateVault.StateVault
          const before = yield* row(gameId)
          assert.deepInclude(before, { engine_host: null, engine_epoch: 0, state_in_database: false, current_turn: 1 })
          // Nobody reads anything of it before: what is shown of the open turn is kept for that.
          yield* (yield* Runtimes).engine(gameId)
          const taken = yield* row(gameId)
          assert.deepInclude(taken, { engine_epoch: 1, state_in_database: true })
          const kept = yield* Stream.runCollect(vault.load(gameId))
          assert.deepStrictEqual(
            kept.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]),
            Object.entries(release.folder).toSorted(([a], [b]) => (a < b ? -1 : 1))
          )
          yield* host.discard(gameId, taken.engine_host ?? "", taken.engine_epoch)
          yield* asItWas
          yield* goesOn
        })
      )
    }
  )

  layer(worldOn(database, StateVault.layerNone), { timeout: "240 seconds", excludeTestServices: true })(
    `a game in play of release ${last} on ${name}, with states in folders`,
    (it) => {
      it.effect("goes on with its folder", () =>
        Effect.gen(function* () {
          yield* asItWas
          assert.deepInclude(yield* row(gameId), { engine_epoch: 1, state_in_database: false })
          yield* goesOn
        })
      )
    }
  )
})
