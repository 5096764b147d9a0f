/** Backends that are killed, frozen and cut off on a real PostgreSQL: their games go on at the others, at once. */
import { serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import * as Cluster from "./Cluster.ts"
import type { Member } from "./Member.ts"

const server = serverUrl()
if (server === undefined) console.warn("skipped: take-over (GALAXY_TEST_DATABASE_URL names no server)")

const timed = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const begun = performance.now()
    yield* effect
    return performance.now() - begun
  })

/** What the end in good order of a backend costs a turn of all games on a machine with nothing else to do, at most. */
const usualMs = 2_000

describe.skipIf(server === undefined)("a backend that is lost", () => {
  it.live(
    "hands its games over: ended in good order, killed and frozen",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const cluster = yield* Cluster.make({ server: server ?? "", members: 3, games: 12 })
          /** Each game answers through the backend, and makes a turn. */
          const all = (by: Member) =>
            Effect.forEach(
              cluster.games,
              (game) => Effect.andThen(by.runtimes.engine(game.gameId), cluster.turn(by, game)),
              { concurrency: "unbounded" }
            )
          const [one, two, three] = cluster.members as [Member, Member, Member]
          yield* all(one)
          yield* two.end
          const ended = yield* timed(all(one))
          const fourth = yield* cluster.startOne
          yield* all(fourth)
          yield* three.kill
          const killed = yield* timed(all(one))
          yield* fourth.freeze
          const frozen = yield* timed(all(one))
          yield* fourth.thaw
          yield* all(fourth)
          yield* cluster.check
          console.log("take-over in ms", { ended, killed, frozen })
          // A machine that is busy with other things is so for all of them.
          const slow = Math.max(1, ended / usualMs)
          assert.isBelow(killed, 5_000 * slow)
          assert.isBelow(frozen, 15_000 * slow)
        })
      ).pipe(Effect.provide(Logger.layer([]))),
    480_000
  )
})
