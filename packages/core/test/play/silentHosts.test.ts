/** Players whose game's host is known to be silent aren't kept waiting for it. */
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { StatesMove } from "@galaxy/core/runtime/Placement"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { layerOf, ModelHosts } from "../engine/ModelHosts.ts"
import { advance, row, runtimeOn, startingGame } from "../runtime/fixture.ts"

/** Longer than a refusal may take. */
const callTimeout = "2 minutes"

const world = runtimeOn(layerPglite, layerOf(["a", "b"]), { callTimeout }).pipe(
  Layer.provideMerge(Layer.succeed(StatesMove, () => true))
)

layer(world, { timeout: "240 seconds", excludeTestServices: true })("a host that is known to be silent", (it) => {
  it.effect("is not waited for by who writes, and once it is given up, another one takes the orders", () =>
    Effect.gen(function* () {
      const model = yield* ModelHosts
      const sessions = yield* PlayerOrders
      const { gameId, owner } = yield* startingGame()
      yield* (yield* Runtimes).reconcile(gameId)
      const { engine_host: left } = yield* row(gameId)
      const order = sessions.order(gameId, owner, { orders: [] })
      yield* order

      // Packets to it vanish.
      yield* model.cut(left ?? "", true)
      yield* model.mute(left ?? "", true)
      const before = yield* Clock.currentTimeMillis
      assert.strictEqual((yield* Effect.flip(order))._tag, "EngineUnreachable")
      assert.isBelow((yield* Clock.currentTimeMillis) - before, 60_000)
      // That was a refusal, not an order that may have been taken.
      assert.strictEqual((yield* row(gameId)).engine_host, left)

      yield* advance("1 minute")
      yield* order
      assert.strictEqual((yield* row(gameId)).engine_host, left === "a" ? "b" : "a")
    })
  )

  it.effect("is called all the same where its engine answers: its daemon alone is away", () =>
    Effect.gen(function* () {
      const model = yield* ModelHosts
      for (const name of model.names) {
        yield* model.cut(name, false)
        yield* model.mute(name, false)
      }
      const sessions = yield* PlayerOrders
      const { gameId, owner } = yield* startingGame()
      yield* (yield* Runtimes).reconcile(gameId)
      const before = yield* row(gameId)
      yield* model.away(before.engine_host ?? "", true)
      yield* sessions.order(gameId, owner, { orders: [] })
      assert.deepInclude(yield* row(gameId), { engine_host: before.engine_host, engine_epoch: before.engine_epoch })
    })
  )
})
