/** Where engines are placed, and what becomes of them when their host is silent or is emptied. */
import { EngineHosts, type HostState } from "@galaxy/core/runtime/EngineHosts"
import * as HostWatch from "@galaxy/core/runtime/HostWatch"
import { best, StatesMove } from "@galaxy/core/runtime/Placement"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { SideEffects, type SideEffectNotes } from "@galaxy/core/shared/SideEffects"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it as plain, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { layerOf, ModelHosts } from "../engine/ModelHosts.ts"
import { advance, operations, row, runtimeOn, startingGame } from "./fixture.ts"

const host = (hostId: string, change: Partial<HostState> = {}): HostState => ({
  hostId,
  answers: true,
  most: 10,
  draining: false,
  givenUp: false,
  ...change
})

describe("the best host for a game", () => {
  const loads = (...games: ReadonlyArray<readonly [string, number]>) => new Map(games)

  plain("has the fewest games for its size", () => {
    const hosts = [host("a", { most: 10 }), host("b", { most: 20 })]
    assert.strictEqual(best(hosts, loads(["a", 5], ["b", 9]), null)?.hostId, "b")
    assert.strictEqual(best(hosts, loads(["a", 4], ["b", 9]), null)?.hostId, "a")
  })

  plain("is where the game was, if that is as good", () => {
    const hosts = [host("a"), host("b"), host("c")]
    assert.strictEqual(best(hosts, loads(["a", 1], ["b", 1], ["c", 1]), "c")?.hostId, "c")
    assert.strictEqual(best(hosts, loads(["c", 1]), "c")?.hostId, "a")
  })

  plain("answers, isn't emptied and has room, the game's own place included", () => {
    const hosts = [host("a", { answers: false }), host("b", { draining: true }), host("c", { most: 2 })]
    assert.strictEqual(best(hosts, loads(), null)?.hostId, "c")
    assert.isUndefined(best(hosts, loads(["c", 2]), null))
    assert.strictEqual(best(hosts, loads(["c", 2]), "c")?.hostId, "c")
    assert.isUndefined(best([], loads(), null))
  })
})

const hostsOf = Effect.fnUntraced(function* (games: ReadonlyArray<{ readonly gameId: Parameters<typeof row>[0] }>) {
  return (yield* Effect.forEach(games, ({ gameId }) => row(gameId))).map((it) => it.engine_host)
})

const running = Effect.gen(function* () {
  const game = yield* startingGame()
  yield* (yield* Runtimes).reconcile(game.gameId)
  return game
})

/** What a dry run would say that it causes. */
const effectsOf = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const notes: SideEffectNotes = { effects: [], onlyChecked: [] }
    yield* Effect.provideService(change, SideEffects, notes)
    return notes.effects.map(({ kind, what }) => `${kind}: ${what}`)
  })

const world = (moves: boolean) =>
  runtimeOn(layerPglite, layerOf(["a", "b"])).pipe(Layer.provideMerge(Layer.succeed(StatesMove, () => moves)))

layer(world(true), { timeout: "240 seconds", excludeTestServices: true })("engines on several hosts", (it) => {
  it.effect("are spread, leave a host that falls silent, and one that is to be emptied", () =>
    Effect.gen(function* () {
      const model = yield* ModelHosts
      const hosts = yield* EngineHosts
      const runtimes = yield* Runtimes
      const pass = yield* HostWatch.make
      const games = yield* Effect.forEach([1, 2, 3, 4], () => running)
      assert.sameMembers(yield* hostsOf(games), ["a", "a", "b", "b"])

      // One that has just fallen silent is waited for.
      yield* pass
      yield* model.cut("a", true)
      yield* advance("5 seconds")
      yield* pass
      assert.sameMembers(yield* hostsOf(games), ["a", "a", "b", "b"])
      const silent = (yield* hosts.list).find((it) => it.hostId === "a")
      assert.deepInclude(silent, { answers: false, givenUp: false, games: 2 })
      yield* advance("6 seconds")
      yield* pass
      assert.deepStrictEqual(yield* hostsOf(games), ["b", "b", "b", "b"])
      const moved = games.find((_, index) => index === 0)
      assert.isDefined(moved)
      assert.deepInclude((yield* operations(moved.gameId)).at(-1), {
        op: "lost",
        status: "failed",
        error: "the engine host a doesn't answer"
      })
      // Turns are made there, though the engine on the silent host goes on.
      assert.strictEqual((yield* model.runs(moved.gameId)).length, 2)
      yield* runtimes.forceNextTurn(moved.gameId)
      yield* runtimes.reconcile(moved.gameId)
      assert.deepInclude(yield* row(moved.gameId), { current_turn: 1, engine_host: "b", engine_epoch: 2 })

      // Back again, it is filled by whatever is placed next, and the other one is emptied, one part at a time.
      yield* model.cut("a", false)
      assert.deepInclude(yield* hosts.drain("b", true), { hostId: "b", draining: true, games: 4 })
      yield* pass
      const ordered = yield* Effect.forEach(games, ({ gameId }) => row(gameId))
      assert.strictEqual(ordered.filter((it) => it.engine_task === "restart").length, 2)
      for (let round = 0; round < 2; round++) {
        yield* Effect.forEach(games, ({ gameId }) => runtimes.reconcile(gameId))
        yield* pass
      }
      assert.deepStrictEqual(yield* hostsOf(games), ["a", "a", "a", "a"])
      assert.deepInclude((yield* operations(moved.gameId)).at(-1), { op: "move", status: "succeeded" })
      assert.deepInclude(
        (yield* hosts.list).find((it) => it.hostId === "b"),
        { games: 0, draining: true }
      )
      // The last one that could take it is emptied too: a game goes on waiting for a host.
      yield* hosts.drain("a", true)
      const waiting = yield* startingGame()
      yield* runtimes.reconcile(waiting.gameId)
      const row1 = yield* row(waiting.gameId)
      assert.deepInclude(row1, { status: "starting", engine_host: null, attempts: 1 })
      assert.include(row1.failure_reason ?? "", "no engine host that answers has room")
      yield* hosts.drain("a", false)
      yield* advance("1 minute")
      yield* runtimes.reconcile(waiting.gameId)
      assert.deepInclude(yield* row(waiting.gameId), { status: "running", engine_host: "a" })
      assert.strictEqual((yield* Effect.flip(hosts.drain("c", true)))._tag, "EngineHostUnknown")
    })
  )

  it.effect("make the turn elsewhere that was being made where the link is cut, without waiting for its answer", () =>
    Effect.gen(function* () {
      const model = yield* ModelHosts
      const runtimes = yield* Runtimes
      yield* (yield* EngineHosts).drain("b", false)
      const { gameId } = yield* running
      const before = (yield* row(gameId)).engine_host ?? ""
      yield* runtimes.forceNextTurn(gameId)
      const asked = Promise.withResolvers<void>()
      yield* model.mishaps((path) => {
        if (!path.endsWith("/turn")) return "none"
        Effect.runSync(Effect.all([model.mute(before, true), model.cut(before, true)]))
        asked.resolve()
        return "none"
      })
      const turn = yield* Effect.forkChild(runtimes.reconcile(gameId))
      yield* Effect.promise(() => asked.promise)
      for (let seconds = 0; seconds < 60 && (yield* row(gameId)).current_turn === 0; seconds += 2) {
        yield* advance("2 seconds")
        yield* Effect.promise(() => new Promise((done) => setTimeout(done, 50)))
        if (turn.pollUnsafe() !== undefined) yield* runtimes.reconcile(gameId)
      }
      const after = yield* row(gameId)
      assert.deepInclude(after, { current_turn: 1, status: "running", engine_epoch: 2 })
      assert.notStrictEqual(after.engine_host, before)
      yield* model.mute(before, false)
      yield* model.cut(before, false)
    })
  )
})

layer(world(false), { timeout: "240 seconds", excludeTestServices: true })(
  "engines with states of their hosts",
  (it) => {
    it.effect("stay where they are, and wait for their host", () =>
      Effect.gen(function* () {
        const model = yield* ModelHosts
        const hosts = yield* EngineHosts
        const runtimes = yield* Runtimes
        const host = yield* EngineHost
        const pass = yield* HostWatch.make
        const games = [yield* running, yield* running]
        const places = yield* hostsOf(games)
        assert.sameMembers(places, ["a", "b"])
        // Its only game is bound to it: nothing would move.
        assert.deepStrictEqual(yield* effectsOf(hosts.drain("a", true)), [])
        yield* model.cut("b", true)
        yield* advance("20 seconds")
        yield* pass
        assert.deepStrictEqual(yield* hostsOf(games), places)
        assert.deepInclude(
          (yield* hosts.list).find((it) => it.hostId === "b"),
          { answers: false, inSettings: true, games: 1, bound: 1 }
        )
        const away = games[places.indexOf("b")]
        assert.isDefined(away)
        const error = yield* Effect.flip(runtimes.engine(away.gameId))
        assert.strictEqual(error.reason, "the game's engine host b doesn't answer")
        yield* runtimes.forceNextTurn(away.gameId)
        yield* runtimes.reconcile(away.gameId)
        const waiting = yield* row(away.gameId)
        assert.deepInclude(waiting, { current_turn: 0, status: "generation_in_progress", engine_host: "b" })
        assert.strictEqual(waiting.failure_reason, "the game's engine host b doesn't answer")
        yield* model.cut("b", false)
        yield* advance("1 minute")
        yield* runtimes.reconcile(away.gameId)
        assert.deepInclude(yield* row(away.gameId), { current_turn: 1, engine_host: "b" })
        assert.strictEqual((yield* host.list).length, 2)
      })
    )
  }
)
