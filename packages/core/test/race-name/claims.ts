/** Many users who claim one race name at once: a suite for a number of them. */
import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { RaceNames } from "@galaxy/core/race-name/RaceNames"
import { newId } from "@galaxy/core/shared/NewId"
import { StorageError } from "@galaxy/core/shared/StorageError"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { SqlClient } from "effect/sql"
import { lobbyOn } from "../lobby/fixture.ts"

const game = Effect.map(newId, (id) => GameId.make(id))

/** With so many at once some find no connection in time, and claim again as a client would. */
const insisting = <A, E extends { readonly _tag: string }, R>(claim: Effect.Effect<A, E, R>) =>
  Effect.result(Effect.retry(claim, { times: 50, while: (error) => StorageError.isTemporary(error) }))

/** The suite on one database. */
export const claimsOn = (name: string, database: Layer.Layer<Database>, claims: number) => {
  layer(lobbyOn(database), { timeout: "240 seconds" })(`race names claimed at once on ${name}`, (it) => {
    // Four spellings of one name.
    const spellings = ["Hadar", "Наdаr", "HADAR", "hаdaг"]
    const spelling = (index: number) => spellings[index % spellings.length] ?? ""

    it.effect(`of ${claims} claims of look-alikes in one game that come at once, one succeeds`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const names = yield* RaceNames
        const gameId = yield* game
        const users = yield* Effect.all(Array.from({ length: claims }, () => newId))
        const answers = yield* Effect.forEach(
          users,
          (userId, index) => insisting(names.reserve({ gameId, userId: userId as UserId, name: spelling(index) })),
          { concurrency: "unbounded" }
        )
        const refusals = answers.flatMap((it) => (it._tag === "Failure" ? [it.failure._tag] : []))
        assert.deepStrictEqual([...new Set(refusals)], ["RaceNameTaken"])
        assert.strictEqual(refusals.length, claims - 1)
        const rows = yield* sql`SELECT 1 FROM backend.race_names WHERE game_id = ${gameId}`
        assert.strictEqual(rows.length, 1)
      })
    )

    it.effect(`of ${claims} users who earn and register look-alikes at once, one has the name`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const names = yield* RaceNames
        const users = yield* Effect.all(Array.from({ length: claims }, () => newId))
        const prepared = yield* Effect.forEach(users, (id, index) =>
          Effect.gen(function* () {
            const [userId, gameId] = [id as UserId, yield* game]
            const name = `${spelling(index)}x`
            yield* names.reserve({ gameId, userId, name })
            const earn = names.promote({ gameId, gameName: "Orion Arm", earners: new Set([userId]) })
            return Effect.andThen(earn, names.register(userId, name))
          })
        )
        // Accounts that don't exist may register nothing: here they have the limits of the free plan.
        const answers = yield* Effect.forEach(prepared, insisting, { concurrency: "unbounded" })
        const refusals = answers.flatMap((it) => (it._tag === "Failure" ? [it.failure._tag] : []))
        assert.deepStrictEqual([...new Set(refusals)], ["RaceNameTaken"])
        assert.strictEqual(refusals.length, claims - 1)
        const rows = yield* sql<{ readonly status: string }>`
          SELECT status FROM backend.race_names WHERE canonical = (
            SELECT canonical FROM backend.race_names WHERE status = 'registered' AND owner_user_id IN (
              SELECT owner_user_id FROM backend.race_names WHERE ${sql.in("owner_user_id", users.slice(0, claims))}))`
        assert.deepStrictEqual(
          rows.map((it) => it.status),
          ["registered"]
        )
      })
    )
  })
}
