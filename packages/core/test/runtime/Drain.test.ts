/** An operator drains a host of real engines: its games move between turns, with every order that a player was told of. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { EngineHosts } from "@galaxy/core/runtime/EngineHosts"
import * as HostWatch from "@galaxy/core/runtime/HostWatch"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import { SideEffects, type SideEffectNotes } from "@galaxy/core/shared/SideEffects"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import * as TwoHosts from "../engine/TwoHosts.ts"
import { operations, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"
import { surface } from "./surface.ts"

const path = "/admin/engine-hosts"

const running = Effect.gen(function* () {
  const game = yield* startingGame()
  yield* (yield* Runtimes).reconcile(game.gameId)
  return game
})
type Game = Effect.Success<typeof running>

const hostOf = (gameId: GameId) => Effect.map(row(gameId), (it) => it.engine_host)

/** Appends an order of this name to those of the game's owner. */
const rename = ({ gameId, owner }: Game, name: string) =>
  Effect.gen(function* () {
    const sessions = yield* PlayerOrders
    const report = yield* sessions.report(gameId, owner, 0)
    const planet = (report["my_planets"] as ReadonlyArray<{ number: number }>)[0]?.number
    return yield* sessions.command(gameId, owner, { orders: [{ op: "rename_planet", planet, name }] })
  })

const namesOf = ({ gameId, owner }: Game, turn: number) =>
  Effect.flatMap(PlayerOrders, (sessions) =>
    Effect.map(sessions.orders(gameId, owner, turn), (it) =>
      (it["orders"] as ReadonlyArray<{ readonly name: string }>).map(({ name }) => name)
    )
  )

const world = runtimeOn(
  layerPglite,
  Layer.merge(TwoHosts.layer, FetchHttpClient.layer),
  { firstBackoff: "1 second" },
  SqlStateVault.layer
)

layer(world, { timeout: "240 seconds", excludeTestServices: true })("a host that is drained", (it) => {
  it.effect(
    "loses its games between their turns, and no order, and gets no other until it isn't drained any more",
    () =>
      Effect.gen(function* () {
        const call = yield* surface
        const host = yield* EngineHost
        const runtimes = yield* Runtimes
        const pass = yield* HostWatch.make
        const all = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => running)
        const there = yield* Effect.filter(all, ({ gameId }) => Effect.map(hostOf(gameId), (it) => it === "a"))
        // In the order in which they move.
        const games = there.toSorted((x, y) => (x.gameId < y.gameId ? 1 : -1))
        const [first, second, third] = games
        assert(first !== undefined && second !== undefined && third !== undefined)
        assert.lengthOf(games, 3)
        for (const game of games) yield* rename(game, "before")

        const notes: SideEffectNotes = { effects: [], onlyChecked: [] }
        yield* Effect.provideService((yield* EngineHosts).drain("a", true), SideEffects, notes)
        assert.deepStrictEqual(
          notes.effects.map(({ kind, what }) => `${kind}: ${what}`),
          ["engine: move", "engine: move", "engine: move"]
        )
        yield* (yield* EngineHosts).drain("a", false)
        const drained = yield* call("", "POST", `${path}/a/drain`, { reason: "new disk" })
        assert.deepStrictEqual(drained, {
          status: 200,
          body: { host_id: "a", answers: true, in_settings: true, draining: true, games: 3, games_bound: 0, most: 10 }
        })
        // The turn of the one that would be the first is being made, or begins while it is looked at: it isn't disturbed.
        const sql = yield* SqlClient.SqlClient
        const makes = (status: string) =>
          Effect.orDie(sql`UPDATE backend.runtime_records SET status = ${status} WHERE game_id = ${first.gameId}`)
        const tasks = Effect.forEach(games, ({ gameId }) => Effect.map(row(gameId), (it) => it.engine_task))
        const begins = yield* Effect.updateService(HostWatch.make, RuntimeStore, (store) => ({
          ...store,
          find: (gameId) =>
            Effect.andThen(gameId === first.gameId ? makes("generation_in_progress") : Effect.void, store.find(gameId))
        }))
        for (const look of [begins, pass]) {
          yield* look
          assert.deepStrictEqual(yield* tasks, [null, "restart", "restart"])
          yield* sql`UPDATE backend.runtime_records SET engine_task = NULL WHERE engine_host = 'a'`
        }
        yield* pass
        yield* makes("running")
        yield* runtimes.forceNextTurn(first.gameId)
        yield* runtimes.reconcile(first.gameId)
        assert.deepInclude(yield* row(first.gameId), { current_turn: 1, engine_host: "a", status: "running" })

        // Players go on giving orders while the others move.
        const accepted: Array<string> = []
        let left = 2_000
        const sender = Effect.gen(function* () {
          for (let sent = 0; left > 0; sent++, left--) {
            const told = yield* Effect.result(rename(second, `during${sent}`))
            if (told._tag === "Success") accepted.push(`during${sent}`)
            yield* Effect.sleep("1 millis")
          }
        })
        const sending = yield* Effect.forkChild(sender)
        while (accepted.length < 3) yield* Effect.promise(() => new Promise((done) => setTimeout(done, 5)))
        yield* runtimes.reconcile(second.gameId)
        assert.strictEqual(yield* hostOf(second.gameId), "b")
        const moved = accepted.length
        while (accepted.length < moved + 3) yield* Effect.promise(() => new Promise((done) => setTimeout(done, 5)))
        left = 0
        yield* Fiber.join(sending)
        const standing = yield* namesOf(second, 0)
        assert.includeMembers(standing, ["before", ...accepted])
        const [ofMove] = (yield* operations(second.gameId)).slice(-1)
        assert.deepInclude(ofMove, { op: "move", status: "succeeded" })

        yield* runtimes.reconcile(third.gameId)
        yield* pass
        yield* runtimes.reconcile(first.gameId)
        for (const { gameId } of games) assert.strictEqual(yield* hostOf(gameId), "b")
        assert.isTrue((yield* host.list).every((it) => it.hostId === "b"))
        const listed = (yield* call("", "GET", path)).body["engine_hosts"]
        assert.containSubset(listed, [
          { host_id: "a", draining: true, games: 0 },
          { host_id: "b", draining: false, games: 6 }
        ])
        assert.strictEqual(yield* hostOf((yield* running).gameId), "b")

        // The turns that follow have all of the orders, and are told once.
        yield* runtimes.forceNextTurn(second.gameId)
        yield* runtimes.reconcile(second.gameId)
        assert.deepStrictEqual(yield* namesOf(second, 0), standing)
        const outcomes = (yield* (yield* PlayerOrders).report(second.gameId, second.owner, 1))["orders"]
        assert.lengthOf(outcomes as ReadonlyArray<unknown>, standing.length)
        assert.deepStrictEqual(yield* turnsTold(second.owner), [1])
        assert.deepStrictEqual(yield* turnsTold(first.owner), [1])
        assert.deepStrictEqual(yield* namesOf(first, 0), ["before"])
        assert.deepStrictEqual(yield* namesOf(third, 0), ["before"])

        // Empty, and in the settings all the same.
        assert.strictEqual((yield* call("", "POST", `${path}/a/forget`)).status, 409)
        const back = yield* call("", "POST", `${path}/a/undrain`)
        assert.deepInclude(back.body, { host_id: "a", draining: false, games: 0 })
        assert.strictEqual(yield* hostOf((yield* running).gameId), "a")
        yield* pass
        for (const { gameId } of games) assert.isNull((yield* row(gameId)).engine_task)
      }).pipe(Effect.scoped)
  )

  it.effect("is told of, kept and forgotten by administrators", () =>
    Effect.gen(function* () {
      const call = yield* surface
      const sql = yield* SqlClient.SqlClient
      const names = Effect.map(call("", "GET", path), ({ body }) =>
        (body["engine_hosts"] as ReadonlyArray<{ host_id: string }>).map((it) => it.host_id)
      )
      for (const verb of ["drain", "undrain", "forget"]) {
        assert.strictEqual((yield* call("", "POST", `${path}/nowhere/${verb}`)).status, 404)
        assert.strictEqual((yield* call("", "POST", `${path}/${"x".repeat(129)}/${verb}`)).status, 404)
      }
      const reason = "by name"
      // Both hosts have been heard of.
      yield* yield* HostWatch.make
      for (const verb of ["drain", "undrain"]) yield* call("", "POST", `${path}/b/${verb}`, { reason })
      const used = yield* call("", "POST", `${path}/b/forget`)
      assert.deepInclude(used.body["error"], { code: "conflict", reason: "in_use" })
      yield* sql`INSERT INTO backend.engine_hosts (host_id, draining) VALUES ('gone', true)`
      assert.deepStrictEqual(yield* names, ["a", "b", "gone"])
      const game = yield* running
      const { engine_host } = yield* row(game.gameId)
      const place = (name: string | null) =>
        sql`UPDATE backend.runtime_records SET engine_host = ${name} WHERE game_id = ${game.gameId}`
      yield* place("gone")
      assert.strictEqual((yield* call("", "POST", `${path}/gone/forget`)).status, 409)
      yield* place(engine_host)
      const forgotten = yield* call("", "POST", `${path}/gone/forget`, { reason })
      assert.deepStrictEqual(forgotten, {
        status: 200,
        body: {
          host_id: "gone",
          answers: false,
          in_settings: false,
          draining: true,
          games: 0,
          games_bound: 0,
          trouble: "it is not in the settings of the backend that says so"
        }
      })
      assert.deepStrictEqual(yield* names, ["a", "b"])
      const rows = yield* sql`
        SELECT action, before, after FROM backend.audit_log WHERE reason = ${reason} ORDER BY created_at, audit_id`
      const marked = (host_id: string, draining: boolean) => ({ host_id, draining })
      assert.deepStrictEqual(
        rows.map((it) => ({ ...it })),
        [
          { action: "engine_host.drain", before: marked("b", false), after: marked("b", true) },
          { action: "engine_host.undrain", before: marked("b", true), after: marked("b", false) },
          { action: "engine_host.forget", before: marked("gone", true), after: null }
        ]
      )
    }).pipe(Effect.scoped)
  )
})
