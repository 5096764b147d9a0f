/** PostgreSQL that is gone for 9 seconds: ten seconds after its return all backends work as before. */
import { serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import * as Cluster from "./Cluster.ts"

const server = serverUrl()
if (server === undefined) console.warn("skipped: PostgreSQL away (GALAXY_TEST_DATABASE_URL names no server)")

const pause = (millis: number) => Effect.promise(() => new Promise<void>((done) => setTimeout(done, millis)))

describe.skipIf(server === undefined)("PostgreSQL that was gone", () => {
  it.live(
    "is worked on again at once, and no turn is lost",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const cluster = yield* Cluster.make({ server: server ?? "", members: 3, games: 12 })
          const all = Effect.forEach(
            cluster.games,
            (game, index) => {
              const by = cluster.members[index % cluster.members.length]
              return by === undefined
                ? Effect.void
                : Effect.andThen(by.runtimes.engine(game.gameId), cluster.turn(by, game))
            },
            { concurrency: "unbounded", discard: true }
          )
          const timed = Effect.gen(function* () {
            const begun = performance.now()
            yield* Effect.retry(all, { times: 60, while: () => Effect.as(pause(100), true) })
            return performance.now() - begun
          })
          yield* all
          const usual = yield* timed
          for (const { database } of cluster.members) yield* Effect.andThen(database.refuseNew(true), database.cut)
          yield* pause(9_000)
          for (const { database } of cluster.members) yield* database.refuseNew(false)
          const back = yield* timed
          console.log("turns of all games in ms", { usual, back })
          assert.isBelow(back, Math.max(10_000, 6 * usual))
          yield* cluster.settled
          yield* cluster.check
        })
      ).pipe(Effect.provide(Logger.layer([]))),
    480_000
  )
})
