/**
 * Real backends on a real PostgreSQL, with real engines: the one that runs a game is killed in the middle of many calls. The
 * game goes on at the other with the orders that were acknowledged, at a gateway that knows both.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { patiently } from "./parts.ts"
import { game, isThere, platform, timed, turnsTold } from "./takeOver.ts"

if (!isThere) console.warn("skipped: take-over by processes (no PostgreSQL or no Redis server)")

describe.skipIf(!isThere)("backends as processes", () => {
  it.live(
    "take over a game whose backend is killed, with its orders",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { ada, lin, runner, sql } = yield* platform
          const { gameId, order, report, turn } = yield* game(ada, lin)
          yield* report(0)
          const usual = yield* timed(turn(0))
          const slow = Math.max(1, usual / 2_000)
          yield* order(1)

          const story = { isOver: false }
          /** How often each call of a kind failed before it had its answer, and how long the longest took with that. */
          const calling = (call: Effect.Effect<unknown, { readonly _tag: string }>) =>
            Effect.gen(function* () {
              let [most, longest, calls] = [0, 0, 0]
              while (!story.isOver) {
                let failures = 0
                const took = yield* timed(
                  call.pipe(
                    Effect.tapError(() => Effect.sync(() => void failures++)),
                    Effect.retry({
                      times: 1_000,
                      schedule: Schedule.spaced("50 millis"),
                      while: ({ _tag }) => _tag === "Unavailable"
                    })
                  )
                )
                most = Math.max(most, failures)
                longest = Math.max(longest, took)
                calls++
                yield* Effect.sleep("10 millis")
              }
              return { calls, most, longest }
            })
          const game_id = gameId
          const kinds = {
            accounts: ada.call("user.account.get", {}),
            reports: ada.call("user.games.report", { game_id, turn: 1 }),
            profiles: lin.call("user.profile.update", { display_name: "Lin" }),
            orders: lin.call("user.games.order", { game_id, turn: 1, orders: [{ op: "war", race: "Vega" }] })
          }
          const underWay = yield* Effect.forkChild(
            Effect.all(
              Object.values(kinds).flatMap((call) => [calling(call), calling(call)]),
              { concurrency: "unbounded" }
            )
          )
          yield* Effect.sleep("1 second")

          const lost = yield* runner(gameId)
          yield* Effect.promise(() => lost.started.kill("SIGKILL"))
          const killed = yield* timed(report(1))
          const kept = yield* Effect.retry(ada.call("user.games.order.get", { game_id, turn: 1 }), patiently)
          assert.strictEqual(kept.orders?.length, 1)
          yield* Effect.sleep("3 seconds")
          story.isOver = true
          const found = yield* Fiber.join(underWay)
          const byKind = Object.fromEntries(
            Object.keys(kinds).map((kind, at) => [kind, found.slice(2 * at, 2 * at + 2)])
          )
          console.info("a killed backend, in ms", JSON.stringify({ usual, killed, byKind }))
          yield* turn(1)
          assert.deepStrictEqual(yield* turnsTold(sql), [2, 2])
          assert.isBelow(killed, 5_000 * slow)
          for (const { most } of byKind["accounts"] ?? []) assert.strictEqual(most, 0)
          for (const { most } of byKind["profiles"] ?? []) assert.isAtMost(most, 1)
          for (const { longest } of found) assert.isBelow(longest, 12_000 * slow)
        })
      ),
    600_000
  )
})
