import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { EnginePlayerId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { openGame, player } from "../lobby/fixture.ts"
import { row, runtimeOn, startingGame } from "./fixture.ts"
import { layer as scriptedEngines } from "../engine/ScriptedEngines.ts"

/** A game that nobody has started, and the request that would. */
const request = Effect.gen(function* () {
  const owner = yield* player
  const game = yield* openGame(owner)
  const players = [{ userId: owner, raceName: "Vega", enginePlayerId: EnginePlayerId.make(yield* newId) }]
  return { gameId: game.game_id, turnSchedule: "0 18 * * *", timeZone: "UTC", players }
})

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `orders to the runtime on ${name}`,
    (it) => {
      it.effect("take the newest version that is enabled, by number, or the one that is named", () =>
        Effect.gen(function* () {
          const jobs = yield* RuntimeJobs
          const versions = yield* EngineVersions
          for (const version of ["2.9.0", "2.10.0", "10.0.0", "9.9.9"]) {
            yield* versions.register(version, `image:${version}`)
          }
          yield* versions.disable("10.0.0")
          const newest = yield* request
          yield* jobs.requestStart(newest)
          assert.deepInclude(yield* row(newest.gameId), { engine_version: "9.9.9", image_ref: "image:9.9.9" })
          yield* versions.disable("9.9.9")
          const next = yield* request
          yield* jobs.requestStart(next)
          assert.strictEqual((yield* row(next.gameId)).engine_version, "2.10.0")
          const named = yield* request
          yield* jobs.requestStart({ ...named, engineVersion: "2.9.0" })
          assert.strictEqual((yield* row(named.gameId)).engine_version, "2.9.0")
          for (const engineVersion of ["10.0.0", "3.0.0"]) {
            const error = yield* Effect.flip(jobs.requestStart({ ...(yield* request), engineVersion }))
            assert.strictEqual(error._tag, "NoEngineVersion")
          }
          // A game that runs on a version keeps it, whatever becomes of the version.
          assert.strictEqual((yield* row(newest.gameId)).image_ref, "image:9.9.9")
        })
      )

      it.effect("are part of the caller's transaction", () =>
        Effect.gen(function* () {
          const jobs = yield* RuntimeJobs
          const sql = yield* SqlClient.SqlClient
          const store = yield* RuntimeStore
          const wanted = yield* request
          yield* Effect.exit(
            sql.withTransaction(Effect.andThen(jobs.requestStart(wanted), Effect.fail("the caller changed their mind")))
          )
          assert.strictEqual((yield* store.find(wanted.gameId))._tag, "None")
          assert.deepStrictEqual(yield* store.seats(wanted.gameId), [])
        })
      )

      it.effect("never touch a game that is being started or played", () =>
        Effect.gen(function* () {
          const jobs = yield* RuntimeJobs
          const store = yield* RuntimeStore
          const { gameId, owner } = yield* startingGame()
          const before = yield* row(gameId)
          const seats = yield* store.seats(gameId)
          const exit = yield* Effect.exit(
            jobs.requestStart({ gameId, turnSchedule: "* * * * *", timeZone: "UTC", players: [] })
          )
          assert.strictEqual(exit._tag, "Failure")
          assert.deepStrictEqual(yield* row(gameId), before)
          assert.deepStrictEqual(yield* store.seats(gameId), seats)
          assert.strictEqual((yield* (yield* Games).get(owner, gameId)).status, "starting")
        })
      )
    }
  )
})
