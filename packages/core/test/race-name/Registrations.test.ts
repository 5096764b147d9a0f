/** From a reservation to a registered name: what earns it, how long it waits, and who may have it. */
import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import * as Limits from "@galaxy/core/standing/Limits"
import { RaceNames } from "@galaxy/core/race-name/RaceNames"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { lobbyOn, notices, player } from "../lobby/fixture.ts"

const game = Effect.map(newId, (id) => GameId.make(id))

const tag = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

/** Reserves the name in a new game, which then finishes; `capable` says whether the user earned it. */
const finished = (userId: UserId, name: string, capable = true) =>
  Effect.gen(function* () {
    const names = yield* RaceNames
    const gameId = yield* game
    yield* names.reserve({ gameId, userId, name })
    yield* names.promote({ gameId, gameName: "Orion Arm", earners: new Set(capable ? [userId] : []) })
    return gameId
  })

const mine = (userId: UserId) =>
  Effect.gen(function* () {
    const { race_names } = yield* (yield* RaceNames).mine(userId, {})
    return race_names.map((it) => `${it.name} ${it.status}`)
  })

const told = (userId: UserId) => Effect.map(notices(userId), (all) => all.map((it) => [it.kind, it.payload] as const))

const register = (userId: UserId, name: string) => Effect.flatMap(RaceNames, (names) => names.register(userId, name))
const sweep = Effect.flatMap(RaceNames, (names) => names.expireOne)

eachDatabase((name, database) => {
  layer(lobbyOn(database).pipe(Layer.provideMerge(Limits.layer), Layer.provideMerge(database)), {
    timeout: "240 seconds"
  })(`registering race names on ${name}`, (it) => {
    it.effect("a capable finish earns the name for 30 days, and registering it keeps it for good", () =>
      Effect.gen(function* () {
        const [one, two] = yield* Effect.all([player, player])
        const gameId = yield* finished(one, "Andromeda")
        const until = DateTime.addDuration(yield* DateTime.now, "30 days")
        const [entry] = (yield* (yield* RaceNames).mine(one, {})).race_names
        assert.deepInclude(entry, { name: "Andromeda", status: "pending_registration", game_id: gameId })
        assert.deepStrictEqual(entry?.expires_at, until)
        const registered = yield* register(one, "Аndrоmedа")
        assert.deepInclude(registered, { name: "Andromeda", status: "registered" })
        assert.strictEqual(registered.race_name_id, entry?.race_name_id)
        assert.isFalse("expires_at" in registered || "game_id" in registered)
        assert.deepStrictEqual(yield* register(one, "Andromeda"), registered)
        assert.deepStrictEqual(yield* told(one), [
          [
            "lobby.race_name.pending",
            { race_name: "Andromeda", game_id: gameId, game_name: "Orion Arm", expires_at: DateTime.formatIso(until) }
          ],
          ["lobby.race_name.registered", { race_name: "Andromeda" }]
        ])
        assert.strictEqual(yield* tag(register(two, "Andromeda")), "RaceNameTaken")
        yield* TestClock.adjust("31 days")
        while (yield* sweep);
        assert.deepStrictEqual(yield* mine(one), ["Andromeda registered"])
      })
    )

    it.effect("a finish that isn't capable frees the name", () =>
      Effect.gen(function* () {
        const [one, two] = yield* Effect.all([player, player])
        yield* finished(one, "Bellatrix", false)
        assert.deepStrictEqual(yield* mine(one), [])
        assert.deepStrictEqual(yield* told(one), [])
        assert.strictEqual(yield* tag(register(one, "Bellatrix")), "NoPendingRaceName")
        yield* finished(two, "Bellatrix")
        assert.deepStrictEqual(yield* mine(two), ["Bellatrix pending_registration"])
      })
    )

    it.effect("a name that is pending is kept from others in every game, until its time is over", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames
        const [one, two] = yield* Effect.all([player, player])
        const reserve = (userId: UserId) =>
          Effect.flatMap(game, (gameId) => names.reserve({ gameId, userId, name: "Capella" }))
        yield* finished(one, "Capella")
        assert.strictEqual(yield* tag(reserve(two)), "RaceNameTaken")
        assert.strictEqual(yield* tag(register(two, "Capella")), "RaceNameTaken")
        yield* reserve(one)
        yield* TestClock.adjust("30 days")
        // Before the sweeper has come by.
        assert.strictEqual(yield* tag(register(one, "Capella")), "NoPendingRaceName")
        yield* reserve(two)
        yield* finished(two, "Capella")
        // Names of other tests may have expired as well.
        while (yield* sweep);
        assert.deepStrictEqual((yield* told(one)).at(-1), ["lobby.race_name.expired", { race_name: "Capella" }])
        assert.deepStrictEqual(yield* mine(one), ["Capella reservation"])
        assert.strictEqual((yield* register(two, "Capella")).status, "registered")
      })
    )

    it.effect("of two users with one name in two games, the first to finish earns it", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames
        const [one, two] = yield* Effect.all([player, player])
        const [here, there] = yield* Effect.all([game, game])
        yield* names.reserve({ gameId: here, userId: one, name: "Deneb" })
        yield* names.reserve({ gameId: there, userId: two, name: "D3neb" })
        yield* names.promote({ gameId: there, gameName: "There", earners: new Set([two]) })
        yield* names.promote({ gameId: here, gameName: "Here", earners: new Set([one]) })
        assert.deepStrictEqual(yield* mine(one), [])
        assert.deepStrictEqual(yield* told(one), [])
        assert.deepStrictEqual(yield* mine(two), ["D3neb pending_registration"])
      })
    )

    it.effect("earning a pending name once more gives it more time, and a registered one stays as it is", () =>
      Effect.gen(function* () {
        const one = yield* player
        yield* finished(one, "Elnath")
        yield* TestClock.adjust("20 days")
        yield* finished(one, "Elnath")
        yield* TestClock.adjust("20 days")
        assert.deepStrictEqual(yield* mine(one), ["Elnath pending_registration"])
        yield* register(one, "Elnath")
        yield* finished(one, "Elnath")
        assert.deepStrictEqual(yield* mine(one), ["Elnath registered"])
        assert.deepStrictEqual(
          (yield* told(one)).map(([kind]) => kind),
          ["lobby.race_name.pending", "lobby.race_name.pending", "lobby.race_name.registered"]
        )
      })
    )

    it.effect("a plan bounds how many names are registered, and a lower limit takes none away", () =>
      Effect.gen(function* () {
        const limits = yield* Limits.Limits
        const one = yield* player
        const by = { reason: "for a test", actor: "root" }
        for (const it of ["Fomalhaut", "Furud"]) yield* finished(one, it)
        yield* register(one, "Fomalhaut")
        assert.strictEqual(yield* tag(register(one, "Furud")), "TooManyRaceNames")
        yield* limits.set(one, "max_registered_race_names", 2, by)
        yield* register(one, "Furud")
        yield* limits.set(one, "max_registered_race_names", 0, by)
        assert.deepStrictEqual(new Set(yield* mine(one)), new Set(["Furud registered", "Fomalhaut registered"]))
        assert.strictEqual((yield* register(one, "Furud")).status, "registered")
      })
    )

    it.effect("names are listed in pages, newest first", () =>
      Effect.gen(function* () {
        const names = yield* RaceNames
        const one = yield* player
        for (const it of ["Gacrux", "Gienah", "Gomeisa"]) {
          yield* names.reserve({ gameId: yield* game, userId: one, name: it })
          yield* TestClock.adjust("1 second")
        }
        const first = yield* names.mine(one, { limit: 2 })
        assert.deepStrictEqual(
          first.race_names.map((it) => it.name),
          ["Gomeisa", "Gienah"]
        )
        const second = yield* names.mine(one, { limit: 2, cursor: first.next_cursor ?? "" })
        assert.deepStrictEqual(
          second.race_names.map((it) => it.name),
          ["Gacrux"]
        )
        assert.isFalse("next_cursor" in second)
        assert.strictEqual(yield* tag(names.mine(one, { cursor: "!" })), "CursorInvalid")
      })
    )
  })
})
