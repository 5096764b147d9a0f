/**
 * Real backends on a real PostgreSQL, with real engines, behind a gateway that knows both: the one that runs a game is
 * frozen, and goes on after a while.
 */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { game, isThere, platform, soon, timed, turnsTold } from "./takeOver.ts"

if (!isThere) console.warn("skipped: a frozen backend (no PostgreSQL or no Redis server)")

/** The states of the backends, as a gateway shows them to a load balancer that doesn't wait for long. */
const readiness = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/readyz`)
    return (await response.json()) as { readonly backends: { readonly ready: number; readonly unavailable: number } }
  })

describe.skipIf(!isThere)("a backend that is frozen", () => {
  it.live(
    "has its calls answered by the other, its game's turns made there, and joins again",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { ada, front, lin, runner, sql } = yield* platform
          const { gameId, order, report, turn } = yield* game(ada, lin)
          yield* report(0)
          const usual = yield* timed(turn(0))
          const slow = Math.max(1, usual / 500)
          yield* order(1)
          const events: Array<PlayerEvent> = []
          const { events: stream, state } = yield* ada.subscribe("now")
          yield* Effect.forkScoped(Stream.runForEach(stream, (event) => Effect.sync(() => void events.push(event))))
          yield* Stream.runHead(Stream.filter(state, ({ _tag }) => _tag === "live"))

          const frozen = yield* runner(gameId)
          frozen.started.child.kill("SIGSTOP")
          yield* Effect.addFinalizer(() => Effect.sync(() => frozen.started.child.kill("SIGCONT")))
          // Nobody tries these again: the gateway does.
          const times: Array<number> = []
          const reading = yield* Effect.forkChild(
            Effect.gen(function* () {
              for (;;) {
                times.push(yield* timed(ada.call("user.games.report", { game_id: gameId, turn: 1 })))
                times.push(yield* timed(lin.call("user.account.get", {})))
                yield* Effect.sleep("50 millis")
              }
            })
          )
          const probed = yield* timed(readiness(front.url))
          const moved = yield* timed(turn(1))
          yield* soon(Effect.map(readiness(front.url), ({ backends }) => backends.unavailable === 1))
          assert.isUndefined(reading.pollUnsafe(), "a read has failed")
          yield* Fiber.interrupt(reading)
          const longest = Math.max(...times)

          frozen.started.child.kill("SIGCONT")
          const thawed = performance.now()
          yield* soon(Effect.map(readiness(front.url), ({ backends }) => backends.ready === 2))
          yield* soon(
            Effect.map(
              sql<{ healthy: boolean }>`SELECT healthy FROM backend.cluster_runners`,
              (all) => all.length === 2 && all.every(({ healthy }) => healthy)
            )
          )
          const joined = Math.round(performance.now() - thawed)
          yield* turn(2)
          const seen = () => events.flatMap((it) => (it.kind === "game.turn.ready" ? [it.payload.turn] : []))
          yield* soon(Effect.sync(() => seen().includes(3)))
          assert.deepStrictEqual(seen(), [2, 3])
          assert.deepStrictEqual(yield* turnsTold(sql), [3, 3])

          console.info("a frozen backend, in ms", { usual, probed, longest, moved, joined })
          assert.isBelow(probed, 1_500 * slow)
          assert.isBelow(longest, 5_000 * slow)
          assert.isBelow(moved, 15_000 * slow)
        })
      ),
    240_000
  )
})
