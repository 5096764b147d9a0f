import { UserId } from "@galaxy/contract/ids/Ids"
import * as AccountStore from "@galaxy/core/account/AccountStore"
import * as CountryCounters from "@galaxy/core/geo/CountryCounters"
import { GeoIp } from "@galaxy/core/geo/GeoIp"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { newId } from "@galaxy/core/shared/NewId"
import { type Database, eachDatabase, layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Deferred, Effect, Layer, Metric } from "effect"
import { SqlClient } from "effect/sql"

const countries: Readonly<Record<string, string>> = { "192.0.2.1": "DE", "192.0.2.2": "JP" }

const geo = Layer.succeed(GeoIp, {
  country: (ip) => (ip === "damaged" ? Effect.die(new Error("damaged")) : Effect.succeed(countries[ip]))
})

const on = (database: Layer.Layer<Database>) =>
  CountryCounters.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(geo, BackgroundLoops.layer, AccountStore.layer)),
    Layer.provideMerge(database)
  )

const user = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = UserId.make(yield* newId)
  yield* sql`INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
    VALUES (${id}, ${`${id}@example.org`}, ${id}, 'en', 'UTC')`
  return id
})

const countsOf = Effect.fnUntraced(function* (owner: UserId) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ country: string; count: bigint }>`
    SELECT country, count FROM backend.user_country_counters WHERE user_id = ${owner} ORDER BY country`
  return rows.map((it) => [it.country, Number(it.count)] as const)
})

/** Waits until as many requests of a user are counted. */
const counted = (owner: UserId, all: number) =>
  Effect.repeat(countsOf(owner), { until: (rows) => rows.reduce((sum, [, count]) => sum + count, 0) >= all })

eachDatabase((name, database) => {
  layer(on(database), { timeout: "240 seconds" })(`countries of requests on ${name}`, (it) => {
    it.effect("are counted for each player, and unknown ones aren't", () =>
      Effect.gen(function* () {
        const counters = yield* CountryCounters.CountryCounters
        const [one, two] = yield* Effect.all([user, user])
        for (const [who, ip] of [
          [one, "192.0.2.1"],
          [one, "192.0.2.2"],
          [one, "10.0.0.1"],
          [two, "192.0.2.1"],
          [one, "damaged"],
          [one, "192.0.2.1"]
        ] as const) {
          yield* counters.count(who, ip)
        }
        assert.deepStrictEqual(yield* counted(one, 3), [
          ["DE", 2],
          ["JP", 1]
        ])
        assert.deepStrictEqual(yield* counted(two, 1), [["DE", 1]])
        // What is counted later adds up, and nothing is kept about an account that is gone.
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${two}`
        const nobody = UserId.make(yield* newId)
        for (const who of [two, nobody, one]) yield* counters.count(who, "192.0.2.1")
        assert.deepStrictEqual(yield* counted(one, 4), [
          ["DE", 3],
          ["JP", 1]
        ])
        assert.deepStrictEqual(yield* countsOf(two), [["DE", 1]])
        assert.deepStrictEqual(yield* countsOf(nobody), [])
      })
    )
  })
})

const stuck = Deferred.makeUnsafe<string | undefined>()

layer(
  CountryCounters.layer.pipe(
    Layer.provideMerge(Layer.succeed(GeoIp, { country: () => Deferred.await(stuck) })),
    Layer.provideMerge(Layer.mergeAll(BackgroundLoops.layer, AccountStore.layer)),
    Layer.provideMerge(layerPglite)
  ),
  { timeout: "240 seconds" }
)("a counter that doesn't get on", (it) => {
  it.effect("holds up no request and keeps no more than its queue", () =>
    Effect.gen(function* () {
      const counters = yield* CountryCounters.CountryCounters
      const owner = yield* user
      yield* Effect.forEach(Arr.range(1, 3_000), () => counters.count(owner, "192.0.2.1"), { discard: true })
      const { count: dropped } = yield* Metric.value(CountryCounters.dropped)
      yield* Deferred.succeed(stuck, "DE")
      // One more, to know that the queue was worked off.
      const last = yield* user
      const seen = counters.count(last, "192.0.2.1").pipe(Effect.andThen(countsOf(last)))
      yield* Effect.repeat(seen, { until: (rows) => rows.length > 0 })
      const [[, count] = ["", 0]] = yield* countsOf(owner)
      // The pass that is stuck holds what had come by then, at most its batch.
      assert.isAtLeast(count, 1_024)
      assert.isAtMost(count, 1_024 + 512)
      assert.strictEqual(dropped, 3_000 - count)
    })
  )
})
