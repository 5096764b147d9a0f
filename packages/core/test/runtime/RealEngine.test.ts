import { GameSessions } from "@galaxy/core/runtime/GameSessions"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { advance, atWorkOn, operations, startingGame, turnsTold, untilRunning, untilTurn } from "./fixture.ts"

const engines = Layer.mergeAll(InProcessEngineHost.layer(), FetchHttpClient.layer)

eachDatabase((name, database) => {
  layer(atWorkOn(database, engines), { timeout: "60 seconds", excludeTestServices: true })(
    `a game on the real engine on ${name}`,
    (it) => {
      it.effect("starts, takes orders, and makes its turns as the clock moves", () =>
        Effect.gen(function* () {
          const sessions = yield* GameSessions
          const { gameId, owner, guest, game } = yield* startingGame()
          const started = yield* untilRunning(gameId)
          assert.strictEqual(started.current_turn, 0)
          assert.strictEqual((yield* game).status, "running")

          const report = yield* sessions.report(gameId, owner, 0)
          const planet = (report["my_planets"] as ReadonlyArray<{ number: number }>)[0]?.number
          const orders = [{ op: "produce", planet, product: "DRIVE" }]
          const answer = yield* sessions.order(gameId, owner, { orders })
          assert.deepStrictEqual(answer["orders"], orders)
          assert.strictEqual(answer["race"], "Vega")

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
    }
  )
})
