import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import * as Directory from "@galaxy/core/race-name/Directory"
import * as RaceNames from "@galaxy/core/race-name/RaceNames"
import { newId } from "@galaxy/core/shared/NewId"
import { type Database, eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Telling } from "../lobby/fixture.ts"

const directory = <E>(database: Layer.Layer<Database, E>) =>
  Directory.layer().pipe(Layer.provideMerge(Telling), Layer.provideMerge(database))

const user = Effect.map(newId, (id) => UserId.make(id))
const game = Effect.map(newId, (id) => GameId.make(id))

const tag = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

const held = (status: "registered" | "pending_registration", owner: UserId, canonical: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const pending = status === "pending_registration"
    yield* sql`
      INSERT INTO backend.race_names
        (race_name_id, name, canonical, status, owner_user_id, game_id, expires_at, registered_at)
      VALUES (${yield* newId}, ${canonical}, ${canonical}, ${status}, ${owner},
        ${pending ? yield* game : null}, ${pending ? new Date(1e12) : null}, ${pending ? null : new Date(0)})`
  })

eachDatabase((name, database) => {
  layer(directory(database), { timeout: "240 seconds" })(`the race-name directory on ${name}`, (it) => {
    it.effect("reserves a name in its accepted form under its key", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames.RaceNames
        const reserved = yield* names.reserve({ gameId: yield* game, userId: yield* user, name: " Star Fox " })
        assert.deepEqual({ ...reserved }, { name: "Star_Fox", key: "starfox" })
      })
    )

    it.effect("keeps a look-alike from another user of the same game, not of another game", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames.RaceNames
        const [here, there, one, two] = yield* Effect.all([game, game, user, user])
        yield* names.reserve({ gameId: here, userId: one, name: "Orion" })
        assert.strictEqual(yield* tag(names.reserve({ gameId: here, userId: two, name: "0ri0n" })), "RaceNameTaken")
        assert.strictEqual((yield* names.reserve({ gameId: there, userId: two, name: "0ri0n" })).name, "0ri0n")
      })
    )

    it.effect("lets a user reserve one name in several games", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames.RaceNames
        const [here, there, one] = yield* Effect.all([game, game, user])
        yield* names.reserve({ gameId: here, userId: one, name: "Lyra" })
        assert.strictEqual((yield* names.reserve({ gameId: there, userId: one, name: "LYRA" })).name, "LYRA")
      })
    )

    for (const status of ["registered", "pending_registration"] as const) {
      it.effect(`keeps a name that is ${status} for its owner, in every game`, () =>
        Effect.gen(function* () {
          const names = yield* RaceNames.RaceNames
          const [here, owner, other] = yield* Effect.all([game, user, user])
          const canonical = status === "registered" ? "cygnus" : "draco"
          yield* held(status, owner, canonical)
          assert.strictEqual(
            yield* tag(names.reserve({ gameId: here, userId: other, name: canonical })),
            "RaceNameTaken"
          )
          assert.strictEqual((yield* names.reserve({ gameId: here, userId: owner, name: canonical })).key, canonical)
        })
      )
    }

    it.effect("frees a name that is released, and only in that game", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames.RaceNames
        const [here, there, one, two] = yield* Effect.all([game, game, user, user])
        yield* names.reserve({ gameId: here, userId: one, name: "Hydra" })
        yield* names.reserve({ gameId: there, userId: one, name: "Hydra" })
        yield* names.release(here, one)
        assert.strictEqual((yield* names.reserve({ gameId: here, userId: two, name: "Hydra" })).name, "Hydra")
        assert.strictEqual(yield* tag(names.reserve({ gameId: there, userId: two, name: "Hydra" })), "RaceNameTaken")
        yield* names.release(here, one)
      })
    )

    it.effect("never releases what is registered", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames.RaceNames
        const [here, owner, other] = yield* Effect.all([game, user, user])
        yield* held("registered", owner, "andromeda")
        yield* names.reserve({ gameId: here, userId: owner, name: "andromeda" })
        yield* names.release(here, owner)
        assert.strictEqual(
          yield* tag(names.reserve({ gameId: here, userId: other, name: "andromeda" })),
          "RaceNameTaken"
        )
      })
    )

    it.effect("reserves nothing in a transaction that fails", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const names = yield* RaceNames.RaceNames
        const [here, one, two] = yield* Effect.all([game, user, user])
        const reserve = names.reserve({ gameId: here, userId: one, name: "Perseus" })
        yield* Effect.ignore(sql.withTransaction(Effect.andThen(reserve, Effect.fail("later"))))
        assert.strictEqual((yield* names.reserve({ gameId: here, userId: two, name: "Perseus" })).name, "Perseus")
      })
    )
  })
})

onPostgres((database) => {
  layer(directory(database), { timeout: "240 seconds" })("the race-name directory under load", (it) => {
    it.effect("waits for another's transaction on the key, whatever tier and game it is about", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const names = yield* RaceNames.RaceNames
        const [here, there, one, two] = yield* Effect.all([game, game, user, user])
        const written = yield* Deferred.make<void>()
        const commit = yield* Deferred.make<void>()
        const first = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* names.reserve({ gameId: here, userId: one, name: "Aquila" })
              yield* held("registered", one, "aqulla")
              yield* Deferred.succeed(written, undefined)
              yield* Deferred.await(commit)
            })
          )
        )
        yield* Deferred.await(written)
        const second = yield* Effect.forkChild(
          Effect.exit(names.reserve({ gameId: there, userId: two, name: "Aquila" }))
        )
        const waits = sql`SELECT 1 FROM pg_locks
          WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
        // Until the second waits for the key, or has not waited and is through.
        while ((yield* waits).length === 0 && second.pollUnsafe() === undefined) yield* Effect.yieldNow
        yield* Deferred.succeed(commit, undefined)
        yield* Fiber.join(first)
        const answer = yield* Fiber.join(second)
        assert.strictEqual(answer._tag, "Failure")
      })
    )

    it.effect("gives one of many users a name that all want at once", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames.RaceNames
        const here = yield* game
        for (const round of ["Orion", "Terra", "Sirius"]) {
          const users = yield* Effect.all(Array.from({ length: 8 }, () => user))
          const answers = yield* Effect.forEach(
            users,
            (userId, index) =>
              Effect.exit(
                names.reserve({ gameId: here, userId, name: index % 2 === 0 ? round : round.replace("r", "г") })
              ),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(answers.filter((it) => it._tag === "Success").length, 1)
        }
      })
    )
  })
})
