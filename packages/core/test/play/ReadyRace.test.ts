/** The ready flag beside orders that are given at the same time: no player is ever done whose orders came later. */
import * as Play from "@galaxy/core/play/Play"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { ReadyFlags } from "@galaxy/core/play/ReadyFlags"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Random } from "effect"
import { SqlClient } from "effect/sql"
import { json, layer as scriptedEngines, refusal, type Scripted, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { row, runtimeOn, startingGame } from "../runtime/fixture.ts"

const runningGame = (early = false) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const runtimes = yield* Runtimes
    const engines = yield* ScriptedEngines
    const flags = yield* ReadyFlags
    const orders = yield* PlayerOrders
    const { gameId, owner, guest } = yield* startingGame({ early_turns: early })
    yield* runtimes.reconcile(gameId)
    const done = Effect.map(
      sql<{ done: boolean }>`
        SELECT ready_turn IS NOT NULL AS done FROM backend.memberships
        WHERE game_id = ${gameId} AND user_id = ${owner}`,
      ([it]) => it?.done ?? false
    )
    const order = orders.order(gameId, owner, { orders: [] })
    /** What the engine does with orders. */
    const onOrders = (answer: Effect.Effect<Scripted>) =>
      engines.script(gameId, {
        call: ({ path }) => (path === "/api/v1/order" ? answer : Effect.succeed<Scripted>(undefined))
      })
    const seen = Effect.map(
      sql<{ seen: boolean }>`
        SELECT seen_turn IS NOT NULL AS seen FROM backend.memberships
        WHERE game_id = ${gameId} AND user_id = ${owner}`,
      ([it]) => it?.seen ?? false
    )
    return { gameId, done: Effect.orDie(done), seen, order, onOrders, flags, owner, guest, runtimes }
  })

/** The player's calls as another backend on the same database serves them. */
const another = Effect.flatMap(Effect.context<Layer.Services<ReturnType<typeof Play.layer>>>(), (context) =>
  Layer.build(Layer.fresh(Play.layer()).pipe(Layer.provide(Layer.succeedContext(context))))
).pipe(Effect.map((built) => ({ orders: Context.get(built, PlayerOrders), flags: Context.get(built, ReadyFlags) })))

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `ready beside orders on ${name}`,
    (it) => {
      it.effect("is off before the engine has the orders, and stays so if nobody hears of them", () =>
        Effect.gen(function* () {
          const { gameId, done, order, onOrders, flags, owner, seen } = yield* runningGame()
          for (const [answer, after] of [
            [json({}), false],
            // It may have taken the orders.
            ["drop", false],
            [refusal(500, "internal_error", "broken"), false],
            [refusal(409, "conflict", "no"), true]
          ] as const) {
            yield* flags.set(gameId, owner, 0, true)
            assert.isTrue(yield* done)
            let meanwhile = true
            yield* onOrders(
              Effect.map(done, (it) => {
                meanwhile = it
                return answer
              })
            )
            yield* Effect.exit(order)
            assert.isFalse(meanwhile)
            assert.strictEqual(yield* done, after)
            // They were there all the same.
            assert.isTrue(yield* seen)
          }
        })
      )

      it.effect("is never on while the engine takes orders, however calls are mixed", () =>
        Effect.gen(function* () {
          const { gameId, done, order, onOrders, flags, owner } = yield* runningGame()
          const wrong: Array<string> = []
          let taken = 0
          yield* onOrders(
            Effect.gen(function* () {
              if (yield* done) wrong.push("before")
              const round = taken++
              for (let turns = yield* Random.nextIntBetween(0, 20); turns > 0; turns--) yield* Effect.yieldNow
              if (yield* done) wrong.push("after")
              return round % 3 === 0 ? refusal(409, "conflict", "no") : json({})
            })
          )
          const calls = Array.from({ length: 60 }, (_, at) =>
            at % 3 === 0 ? Effect.exit(order) : Effect.exit(flags.set(gameId, owner, 0, at % 4 !== 0))
          )
          yield* Effect.all(calls, { concurrency: 12, discard: true })
          assert.deepStrictEqual(wrong, [])
          assert.strictEqual(taken, 20)
          // Nothing is left behind in which the next call would wait.
          yield* flags.set(gameId, owner, 0, true)
          assert.isTrue(yield* done)
        })
      )

      it.effect("waits for orders whose sender is gone", () =>
        Effect.gen(function* () {
          const { gameId, done, order, onOrders, flags, owner } = yield* runningGame()
          const [asked, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          let meanwhile = true
          yield* onOrders(
            Deferred.succeed(asked, undefined).pipe(
              Effect.andThen(Deferred.await(gate)),
              Effect.andThen(done),
              Effect.map((it) => {
                meanwhile = it
                return json({})
              })
            )
          )
          const sender = yield* Effect.forkChild(order)
          yield* Deferred.await(asked)
          yield* Fiber.interrupt(sender)
          const ready = yield* Effect.forkChild(flags.set(gameId, owner, 0, true))
          yield* Deferred.succeed(gate, undefined)
          assert.deepStrictEqual(yield* Fiber.join(ready), { ready_count: 1, player_count: 2 })
          assert.isFalse(meanwhile)
          assert.isTrue(yield* done)
        })
      )

      it.effect("doesn't come back with a refusal if another backend has got orders meanwhile", () =>
        Effect.gen(function* () {
          const { gameId, done, order, onOrders, flags, owner } = yield* runningGame()
          const elsewhere = yield* another
          const [asked, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          let calls = 0
          yield* onOrders(
            Effect.suspend(() =>
              ++calls === 1
                ? Deferred.succeed(asked, undefined).pipe(
                    Effect.andThen(Deferred.await(gate)),
                    Effect.as(refusal(409, "conflict", "no"))
                  )
                : Effect.succeed(json({}))
            )
          )
          yield* flags.set(gameId, owner, 0, true)
          const refused = yield* Effect.forkChild(Effect.flip(order))
          yield* Deferred.await(asked)
          yield* elsewhere.orders.order(gameId, owner, { orders: [] })
          yield* Deferred.succeed(gate, undefined)
          yield* Fiber.join(refused)
          assert.isFalse(yield* done)
        }).pipe(Effect.scoped)
      )

      it.effect("doesn't come back either if the player has said elsewhere that they aren't done", () =>
        Effect.gen(function* () {
          const { gameId, done, order, onOrders, flags, owner } = yield* runningGame()
          const elsewhere = yield* another
          const [asked, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          yield* onOrders(
            Deferred.succeed(asked, undefined).pipe(
              Effect.andThen(Deferred.await(gate)),
              Effect.as(refusal(409, "conflict", "no"))
            )
          )
          yield* flags.set(gameId, owner, 0, true)
          const refused = yield* Effect.forkChild(Effect.flip(order))
          yield* Deferred.await(asked)
          yield* elsewhere.flags.set(gameId, owner, 0, false)
          yield* Deferred.succeed(gate, undefined)
          yield* Fiber.join(refused)
          assert.isFalse(yield* done)
        }).pipe(Effect.scoped)
      )

      it.effect("that was set at another backend ends with the orders that were on their way", () =>
        Effect.gen(function* () {
          const { gameId, done, order, onOrders, owner } = yield* runningGame()
          const elsewhere = yield* another
          const [asked, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          yield* onOrders(
            Deferred.succeed(asked, undefined).pipe(Effect.andThen(Deferred.await(gate)), Effect.as(json({})))
          )
          const taken = yield* Effect.forkChild(order)
          yield* Deferred.await(asked)
          yield* elsewhere.flags.set(gameId, owner, 0, true)
          assert.isTrue(yield* done)
          yield* Deferred.succeed(gate, undefined)
          yield* Fiber.join(taken)
          assert.isFalse(yield* done)
        }).pipe(Effect.scoped)
      )

      it.effect("that comes back with a refusal makes the turn of which everybody else is done by then", () =>
        Effect.gen(function* () {
          const { gameId, order, onOrders, flags, owner, guest, runtimes } = yield* runningGame(true)
          yield* flags.set(gameId, owner, 0, true)
          yield* onOrders(
            Effect.map(Effect.orDie(flags.set(gameId, guest, 0, true)), (tally) => {
              assert.deepStrictEqual(tally, { ready_count: 1, player_count: 2 })
              return refusal(409, "conflict", "no")
            })
          )
          yield* Effect.flip(order)
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 1)
        })
      )
    }
  )
})
