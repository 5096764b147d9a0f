/** Games that were begun under an earlier release, whose states are with their engines' hosts: they are taken in. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { EngineClient } from "@galaxy/core/engine/EngineClient"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { EngineTokens } from "@galaxy/core/engine/EngineTokens"
import * as Play from "@galaxy/core/play/Play"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import { StateVault } from "@galaxy/core/runtime/vault/StateVault"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { json } from "../engine/ScriptedEngines.ts"
import { advance, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"

const engines = Layer.mergeAll(InProcessEngineHost.layer(), FetchHttpClient.layer)

/** A game at turn 1 with orders for the next one, as the release before has left it: nobody knows its engine. */
const oldGame = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const runtimes = yield* Runtimes
  const sessions = yield* PlayerOrders
  const host = yield* EngineHost
  const game = yield* startingGame()
  const { gameId, owner } = game
  yield* runtimes.reconcile(gameId)
  yield* advance("1 day")
  yield* runtimes.reconcile(gameId)
  const report = yield* sessions.report(gameId, owner, 1)
  const planet = (report["my_planets"] as ReadonlyArray<{ number: number }>)[0]?.number
  const orders = [{ op: "produce", planet, product: "DRIVE" }]
  yield* sessions.order(gameId, owner, { orders })
  const leave = Effect.gen(function* () {
    const { engine_epoch, engine_host } = yield* row(gameId)
    yield* host.stop(gameId, engine_host ?? "", engine_epoch)
    yield* sql`
      UPDATE backend.runtime_records SET engine_epoch = 0, engine_host = NULL WHERE game_id = ${gameId}`
  })
  return { ...game, orders, report, leave }
})

type Services = Layer.Services<typeof newRelease>

const newRelease = Layer.fresh(Play.layer().pipe(Layer.provideMerge(Runtime.layer)))

/** The next release, on the same database and the same hosts. */
const upgraded = Effect.fnUntraced(function* (http?: HttpClient.HttpClient) {
  const context = yield* Effect.context<Services>()
  const built = yield* Layer.build(
    newRelease.pipe(
      Layer.provideMerge(Layer.fresh(SqlStateVault.layer)),
      Layer.provide(Layer.fresh(RuntimeCluster.layerSingle)),
      Layer.provide(http === undefined ? Layer.empty : Layer.succeed(HttpClient.HttpClient, http)),
      Layer.provide(Layer.succeedContext(context))
    )
  )
  return {
    runtimes: Context.get(built, Runtimes),
    sessions: Context.get(built, PlayerOrders),
    vault: Context.get(built, StateVault)
  }
})

const kept = ({ vault }: { readonly vault: StateVault["Service"] }, gameId: GameId) =>
  Effect.map(Stream.runCollect(vault.load(gameId)), (files) => files.map(({ path }) => path))

/** The engine and whatever its host has of the game are gone. */
const lose = (gameId: GameId) =>
  Effect.gen(function* () {
    const host = yield* EngineHost
    const { engine_epoch, engine_host } = yield* row(gameId)
    yield* host.discard(gameId, engine_host ?? "", engine_epoch)
  })

const all = [
  "galaxy/0000000.json",
  "galaxy/0000001.json",
  "orders/0000001/000.json",
  "turns/0000000.json",
  "turns/0000001.json"
]

eachDatabase((name, database) => {
  layer(runtimeOn(database, engines, { firstBackoff: "1 second" }), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`games of earlier releases in ${name}`, (it) => {
    it.effect("are taken in at the first start of their engines, and go on without their hosts", () =>
      Effect.gen(function* () {
        const { gameId, owner, orders, report, leave } = yield* oldGame
        yield* leave
        const now = yield* upgraded()
        assert.deepStrictEqual((yield* now.sessions.orders(gameId, owner, undefined))["orders"], orders)
        assert.isTrue((yield* row(gameId)).state_in_database)
        assert.deepStrictEqual(yield* kept(now, gameId), all)
        yield* lose(gameId)
        assert.deepStrictEqual(yield* now.sessions.report(gameId, owner, 1), report)
        yield* advance("1 day")
        yield* now.runtimes.reconcile(gameId)
        assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
      }).pipe(Effect.scoped)
    )

    it.effect("leave out a turn that was never committed, and make it again", () =>
      Effect.gen(function* () {
        const { gameId, owner, leave } = yield* oldGame
        const client = yield* EngineClient
        const { engine_epoch, engine_endpoint } = yield* row(gameId)
        const token = yield* (yield* EngineTokens).token(gameId, engine_epoch)
        yield* client.turn({ endpoint: new URL(engine_endpoint ?? ""), token }, 2)
        yield* leave
        const now = yield* upgraded()
        yield* now.runtimes.engine(gameId)
        assert.deepStrictEqual(yield* kept(now, gameId), all)
        yield* lose(gameId)
        yield* advance("1 day")
        yield* now.runtimes.reconcile(gameId)
        assert.strictEqual((yield* row(gameId)).current_turn, 2)
        assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
      }).pipe(Effect.scoped)
    )

    it.effect("are given to another engine where theirs is turns ahead, which takes orders", () =>
      Effect.gen(function* () {
        const { gameId, owner, orders, leave } = yield* oldGame
        const client = yield* EngineClient
        const { engine_epoch, engine_endpoint } = yield* row(gameId)
        const token = yield* (yield* EngineTokens).token(gameId, engine_epoch)
        for (const turn of [2, 3]) yield* client.turn({ endpoint: new URL(engine_endpoint ?? ""), token }, turn)
        yield* leave
        const now = yield* upgraded()
        yield* now.runtimes.engine(gameId)
        assert.isTrue((yield* row(gameId)).state_in_database)
        yield* now.sessions.order(gameId, owner, { orders })
        yield* advance("1 day")
        yield* now.runtimes.reconcile(gameId)
        assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
      }).pipe(Effect.scoped)
    )

    it.effect("aren't taken in where an engine lists more than a game can have", () =>
      Effect.gen(function* () {
        const { gameId, leave } = yield* oldGame
        yield* leave
        let fetched = 0
        const real = yield* HttpClient.HttpClient
        const sha256 = "0".repeat(64)
        const http = HttpClient.make((request, url) => {
          if (url.pathname.startsWith("/api/v1/admin/state/")) fetched++
          if (url.pathname !== "/api/v1/admin/state") return real.execute(request)
          const files = Array.from({ length: 80 }, (_, it) => ({ path: `f${it}`, size: 16 * 1024 * 1024, sha256 }))
          return Effect.succeed(HttpClientResponse.fromWeb(request, json({ turn: 1, files })))
        })
        const now = yield* upgraded(http)
        yield* now.runtimes.engine(gameId)
        assert.isFalse((yield* row(gameId)).state_in_database)
        // Nor is a new galaxy: nothing of it is fetched.
        const created = yield* startingGame()
        yield* now.runtimes.reconcile(created.gameId)
        assert.include((yield* row(created.gameId)).failure_reason ?? "", "it has more than 128 MiB")
        assert.strictEqual(fetched, 0)
      }).pipe(Effect.scoped)
    )

    it.effect("that were cut off on their way aren't taken in, and are at the next start", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { gameId, owner, orders, leave } = yield* oldGame
        yield* leave
        // Something was stored by an attempt that ended there, of a state that was another one.
        const now = yield* upgraded()
        const part = yield* now.vault.pack({ path: "orders/0000001/000.json", bytes: new Uint8Array(9) })
        yield* now.vault.takeIn({ gameId, epoch: 0 }, [part])
        yield* sql.unsafe(`
          CREATE OR REPLACE FUNCTION backend.cut() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$`)
        yield* sql.unsafe(`CREATE TRIGGER cut BEFORE INSERT ON backend.engine_files
          FOR EACH ROW WHEN (NEW.path LIKE 'turns/%1.json') EXECUTE FUNCTION backend.cut()`)
        yield* Effect.flip(now.sessions.orders(gameId, owner, undefined))
        assert.isFalse((yield* row(gameId)).state_in_database)
        yield* sql.unsafe("DROP TRIGGER cut ON backend.engine_files")
        assert.deepStrictEqual((yield* now.sessions.orders(gameId, owner, undefined))["orders"], orders)
        assert.isTrue((yield* row(gameId)).state_in_database)
        yield* lose(gameId)
        assert.deepStrictEqual((yield* now.sessions.orders(gameId, owner, undefined))["orders"], orders)
      }).pipe(Effect.scoped)
    )

    it.effect("stay with their hosts where their engines give nothing away", () =>
      Effect.gen(function* () {
        const { gameId, owner, orders, leave } = yield* oldGame
        yield* leave
        const http = HttpClient.make((request, url) =>
          url.pathname.startsWith("/api/v1/admin/state")
            ? Effect.succeed(
                HttpClientResponse.fromWeb(
                  request,
                  json({ error: { code: "not_found", message: "no such route" } }, 404)
                )
              )
            : real.execute(request)
        )
        const real = yield* HttpClient.HttpClient
        const now = yield* upgraded(http)
        assert.deepStrictEqual((yield* now.sessions.orders(gameId, owner, undefined))["orders"], orders)
        yield* now.sessions.order(gameId, owner, { orders: [] })
        yield* advance("1 day")
        yield* now.runtimes.reconcile(gameId)
        const after = yield* row(gameId)
        assert.deepStrictEqual([after.current_turn, after.state_in_database], [2, false])
        assert.deepStrictEqual(yield* kept(now, gameId), [])
        // A backend that keeps states goes on with its folder, whatever becomes of its engine.
        const host = yield* EngineHost
        yield* host.stop(gameId, after.engine_host ?? "", after.engine_epoch)
        assert.deepStrictEqual((yield* now.sessions.orders(gameId, owner, undefined))["orders"], [])
      }).pipe(Effect.scoped)
    )

    it.effect("once they are taken in, a backend that keeps no states starts no engine for them", () =>
      Effect.gen(function* () {
        const before = yield* PlayerOrders
        const { gameId, owner, leave } = yield* oldGame
        yield* leave
        const now = yield* upgraded()
        yield* now.runtimes.engine(gameId)
        yield* lose(gameId)
        const refused = yield* Effect.flip(before.report(gameId, owner, 1))
        assert.strictEqual(refused._tag, "EngineUnreachable")
        assert.include("reason" in refused ? refused.reason : "", "the game's state is in the database")
        yield* now.sessions.report(gameId, owner, 1)
      }).pipe(Effect.scoped)
    )
  })
})
