/** A client that got no answer to `lobby.games.create` asks again, and has one game. */
import { deviceSessionIdHeader } from "@galaxy/contract/api/Identity"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, type Call, platformOn, refusalOf, surfaces, user } from "../../http/platform.ts"
import { admin, lobby, newGame } from "../world.ts"

type Who = Effect.Success<typeof user>

const gamesOf = (who: Who) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql`SELECT 1 FROM backend.games WHERE owner_user_id = ${who.user}`
    return rows.length
  })

const idOf = ({ body }: Answer): unknown => body.game_id

/** Asks for a game in a session, by a request with this id. */
const asking = (call: Call, who: Who, session: string) => (id: string, change: object) =>
  call(
    who,
    "POST",
    `${lobby}/games`,
    { ...newGame, ...change },
    { "x-request-id": id, [deviceSessionIdHeader]: session }
  )

eachDatabase((name, database) => {
  layer(platformOn(database), { timeout: "240 seconds", excludeTestServices: true })(`a game on ${name}`, (it) => {
    it.effect("is made once for a request, however often it comes", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const who = yield* user
        const [session, another] = yield* Effect.all([newId, newId])
        const ask = asking(call, who, session)
        const first = yield* ask("first", { race_name: "Vega" })
        const again = yield* ask("first", { race_name: "Vega" })
        assert.strictEqual(first.status, 200)
        assert.deepStrictEqual(again.body, first.body)
        assert.strictEqual(yield* gamesOf(who), 1)
        // All of these are other requests.
        const others = [
          yield* ask("second", { race_name: "Vega" }),
          yield* ask("first", { race_name: "Lyra" }),
          yield* asking(call, who, another)("first", { race_name: "Vega" }),
          yield* asking(call, yield* user, session)("first", { race_name: "Vega" })
        ]
        assert.strictEqual(new Set([first, ...others].map(idOf)).size, 5)
        assert.strictEqual(yield* gamesOf(who), 4)
        // Requests without an id have nothing in common.
        for (const _ of [1, 2]) yield* call(who, "POST", `${lobby}/games`, newGame)
        assert.strictEqual(yield* gamesOf(who), 6)
      })
    )

    it.effect("is made once for a key, whichever requests bring it", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const who = yield* user
        const ask = asking(call, who, yield* newId)
        const first = yield* ask("1", { idempotency_key: "a" })
        yield* call(who, "POST", `${lobby}/games/${first.body.game_id}/open-enrollment`)
        const again = yield* ask("2", { idempotency_key: "a" })
        assert.strictEqual(idOf(again), idOf(first))
        // As it is now.
        assert.strictEqual(again.body.status, "enrollment_open")
        const other = yield* ask("3", { idempotency_key: "a", game_name: "Another" })
        assert.strictEqual(refusalOf(other), "conflict/exists")
        assert.notStrictEqual(idOf(yield* ask("4", { idempotency_key: "b" })), idOf(first))
        assert.strictEqual(refusalOf(yield* ask("5", { idempotency_key: "not a key" })), "invalid_request")
        assert.strictEqual(yield* gamesOf(who), 2)
        // A key is its owner's.
        const theirs = yield* asking(call, yield* user, yield* newId)("1", { idempotency_key: "a" })
        assert.notStrictEqual(idOf(theirs), idOf(first))
      })
    )

    it.effect("that had been made is answered even where none could be made now", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const sql = yield* SqlClient.SqlClient
        const who = yield* user
        const ask = asking(call, who, yield* newId)
        const first = yield* ask("1", {})
        yield* call("admin", "POST", `${admin}/users/${who.user}/limits`, {
          limit_code: "max_open_games",
          value: 1,
          reason: "a test"
        })
        yield* sql`UPDATE backend.engine_versions SET enabled = false`
        assert.strictEqual(idOf(yield* ask("1", {})), idOf(first))
        yield* sql`UPDATE backend.engine_versions SET enabled = true`
        assert.strictEqual(refusalOf(yield* ask("2", {})), "conflict/limit_reached")
      })
    )

    it.effect("of the administrators is made once, too", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const sql = yield* SqlClient.SqlClient
        const ask = (id: string, key: object) =>
          call("admin", "POST", `${admin}/games`, { ...newGame, ...key }, { "x-request-id": id })
        const first = yield* ask("1", { idempotency_key: "public-1" })
        assert.deepStrictEqual((yield* ask("2", { idempotency_key: "public-1" })).body, first.body)
        assert.notStrictEqual(idOf(yield* ask("2", { idempotency_key: "public-2" })), idOf(first))
        // The id of a request isn't unique outside of a session.
        for (const _ of [1, 2]) yield* ask("3", {})
        const { audit } = (yield* call("admin", "GET", `${admin}/audit?target_id=${first.body.game_id}`)).body
        const news = (audit as ReadonlyArray<{ before: unknown }>).map((it) => it.before === null)
        assert.deepStrictEqual(news, [false, true])
        const rows = yield* sql`SELECT 1 FROM backend.games WHERE visibility = 'public'`
        assert.strictEqual(rows.length, 4)
      })
    )
  })
})

onPostgres((database) => {
  layer(platformOn(database), { timeout: "240 seconds", excludeTestServices: true })("requests at once", (it) => {
    it.effect("that are the same make one game", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const who = yield* user
        const ask = asking(call, who, yield* newId)
        const concurrency = { concurrency: "unbounded" } as const
        const same = Array.from({ length: 8 }, () => ask("same", {}))
        const keyed = Array.from({ length: 8 }, (_, index) => ask(`keyed-${index}`, { idempotency_key: "k" }))
        const answers = yield* Effect.all([...same, ...keyed], concurrency)
        assert.deepStrictEqual([...new Set(answers.map((it) => it.status))], [200])
        assert.strictEqual(new Set(answers.map(idOf)).size, 2)
        assert.strictEqual(yield* gamesOf(who), 2)
      })
    )
  })
})
