import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { advance, atWorkOn, operations, startingGame, turnsTold, untilRunning, untilTurn } from "./fixture.ts"

const engines = Layer.mergeAll(InProcessEngineHost.layer(), FetchHttpClient.layer)

eachDatabase((name, database) => {
  layer(atWorkOn(database, engines), { timeout: "240 seconds", excludeTestServices: true })(
    `a game on the real engine on ${name}`,
    (it) => {
      it.effect("starts, takes orders, and makes its turns as the clock moves", () =>
        Effect.gen(function* () {
          const sessions = yield* PlayerOrders
          const { gameId, owner, guest, game } = yield* startingGame()
          const started = yield* untilRunning(gameId)
          assert.strictEqual(started.current_turn, 0)
          const shown = yield* game
          assert.strictEqual(shown.status, "running")
          // Members read what the game is played with.
          assert.strictEqual(shown.ruleset?.name, "plus")
          const constants = new Map(shown.ruleset?.constants.map(({ name, ...value }) => [name, value]))
          assert.deepStrictEqual(
            ["populationGrowth", "pointsPerTechLevel.drive", "bombing", "fractionalVotes"].map((it) =>
              constants.get(it)
            ),
            [{ number: 0.08 }, { number: 5000 }, { text: "power" }, { flag: true }]
          )

          const report = yield* sessions.report(gameId, owner, 0)
          const planet = (report["my_planets"] as ReadonlyArray<{ number: number }>)[0]?.number
          const orders = [{ op: "produce", planet, product: "DRIVE" }]
          const answer = yield* sessions.order(gameId, owner, { orders })
          assert.deepStrictEqual(answer["orders"], orders)
          assert.strictEqual(answer["race"], "Vega")
          // Another device that knows an older list doesn't write over this one.
          assert.strictEqual(answer["revision"], 2)
          assert.isUndefined(answer["kept"])
          const late = yield* Effect.flip(sessions.order(gameId, owner, { orders: [], ifRevision: 7 }))
          assert.deepInclude(late, { _tag: "EngineRefused", code: "conflict", condition: "orders_changed" })
          assert.strictEqual((yield* sessions.orders(gameId, owner, undefined))["revision"], 2)

          yield* advance("1 day")
          yield* untilTurn(gameId, 1)
          const after = yield* sessions.report(gameId, owner, 1)
          const outcomes = after["orders"] as ReadonlyArray<{ accepted: boolean; order: unknown }>
          assert.deepStrictEqual(
            outcomes.map((it) => [it.accepted, it.order]),
            [[true, orders[0]]]
          )
          assert.deepStrictEqual((yield* sessions.orders(gameId, owner, 0))["orders"], orders)
          assert.deepStrictEqual((yield* sessions.orders(gameId, guest, undefined))["orders"], [])

          yield* advance("1 day")
          yield* untilTurn(gameId, 2)
          assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
          assert.deepStrictEqual(yield* turnsTold(guest), [1, 2])
          assert.strictEqual((yield* game).current_turn, 2)
          assert.deepStrictEqual(
            (yield* operations(gameId)).map((it) => [it.op, it.status, it.turn]),
            [
              ["start", "succeeded", null],
              ["turn", "succeeded", 1],
              ["turn", "succeeded", 2]
            ]
          )
        })
      )

      it.effect(
        "of orders that race with the cutoff, those that were accepted are in the turn, and the others are not",
        () =>
          Effect.gen(function* () {
            const sessions = yield* PlayerOrders
            const runtimes = yield* Runtimes
            const { gameId, owner } = yield* startingGame()
            yield* untilRunning(gameId)
            const { my_planets: planets } = yield* sessions.report(gameId, owner, 0)
            const [{ number: planet }] = planets as readonly [{ readonly number: number }]
            for (const turn of [1, 2, 3, 4, 5]) {
              const accepted: Array<string> = []
              const refused: Array<string> = []
              let sent = 0
              let over = false
              // Each command appends one order, which says which it was.
              const send = Effect.suspend(() => {
                const name = `p${turn}x${sent++}`
                const orders = [{ op: "rename_planet", planet, name }]
                return Effect.match(sessions.command(gameId, owner, { orders }), {
                  onFailure: (error) => void refused.push(error._tag),
                  onSuccess: () => void accepted.push(name)
                })
              })
              const sender = Effect.whileLoop({
                while: () => !over && sent < 900,
                body: () => send,
                step: () => undefined
              })
              const senders = yield* Effect.forkChild(Effect.all([sender, sender, sender, sender], { concurrency: 4 }))
              while (accepted.length < 5) yield* Effect.sleep("1 millis")
              yield* runtimes.forceNextTurn(gameId)
              yield* untilTurn(gameId, turn)
              over = true
              yield* Fiber.join(senders)
              yield* send
              const named = (at: number) =>
                Effect.map(sessions.orders(gameId, owner, at), (answer) =>
                  (answer["orders"] as ReadonlyArray<{ readonly name: string }>).map((it) => it.name)
                )
              const [before, after] = [yield* named(turn - 1), yield* named(turn)]
              assert.isAtLeast(before.length, 5)
              assert.isAtLeast(after.length, 1, "those that came when the window was open again are in the next turn")
              assert.deepStrictEqual([...before, ...after].toSorted(), accepted.toSorted())
              assert.isTrue(
                refused.every((it) => it === "TurnWindowClosed" || it === "EngineRefused"),
                refused.join()
              )
              yield* sessions.order(gameId, owner, { orders: [] })
            }
          })
      )
    }
  )
})
