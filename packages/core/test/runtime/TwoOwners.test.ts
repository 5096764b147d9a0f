/** What must never happen, and does no harm when it does: two backends that each believe to own every game. */
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import * as Runtimes from "@galaxy/core/runtime/Runtimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { advance, operations, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"
import { layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"

type Needs = Exclude<Layer.Services<typeof Runtimes.layer>, Layer.Success<typeof RuntimeCluster.layerSingle>>

/** A second owner of all games, on the same database and engines. */
const another = Effect.flatMap(Effect.context<Needs>(), (context) =>
  Layer.build(
    Layer.fresh(Runtimes.layer).pipe(
      Layer.provide(Layer.fresh(RuntimeCluster.layerSingle)),
      Layer.provide(Layer.succeedContext(context))
    )
  ).pipe(Effect.map((built) => Context.get(built, Runtimes.Runtimes)))
)

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `two owners on ${name}`,
    (it) => {
      it.effect("make each turn once and tell of it once", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const owners = [yield* Runtimes.Runtimes, yield* another]
          const games = yield* Effect.forEach(Array.from({ length: 12 }), () => startingGame())
          const both = Effect.forEach(
            games,
            ({ gameId }) =>
              Effect.all(
                owners.map((it) => it.reconcile(gameId)),
                { concurrency: 2 }
              ),
            { concurrency: 4 }
          )
          let overtaken = 0
          for (const turn of [0, 1, 2, 3]) {
            if (turn > 0) yield* advance("1 day")
            overtaken += (yield* both).flat().filter((settled) => !settled).length
            // Whoever was overtaken comes back, and finds the work done or still to do.
            yield* both
            for (const { gameId, owner } of games) {
              const after = yield* row(gameId)
              assert.deepStrictEqual([after.status, after.current_turn], ["running", turn])
              assert.deepStrictEqual(yield* turnsTold(owner), [1, 2, 3].slice(0, turn))
              const { made } = yield* engines.game(gameId)
              assert.deepStrictEqual(
                [...made.values()],
                Array.from({ length: turn }, () => 1)
              )
              const succeeded = (yield* operations(gameId)).filter((it) => it.status === "succeeded")
              assert.strictEqual(succeeded.length, turn + 1)
            }
          }
          assert.isAbove(overtaken, 0, "they never met")
        }).pipe(Effect.scoped)
      )
    }
  )
})
