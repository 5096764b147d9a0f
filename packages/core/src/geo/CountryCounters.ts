/**
 * Counts players' requests by country in the background; no answer waits for it.
 *
 * Requests that don't fit the queue are not counted, since the signal isn't worth a delay; how many is a metric. What
 * has come in meanwhile is stored with one upsert. Nothing is counted for an account that has been deleted.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Duration, Effect, Layer, Metric, Option, Queue } from "effect"
import { SqlClient } from "effect/sql"
import { AccountStore } from "../account/AccountStore.ts"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { failureFields } from "../shared/failureFields.ts"
import { GeoIp } from "./GeoIp.ts"

/** Takes requests to be counted. Best effort: counts may be missing after overload, a failure or a stop. */
export class CountryCounters extends Context.Service<
  CountryCounters,
  {
    /** Never waits and never fails. `ip` is the player's address. */
    readonly count: (userId: UserId, ip: string) => Effect.Effect<void>
  }
>()("@galaxy/core/geo/CountryCounters") {}

/** Requests since the start of the process that weren't counted by country, since the queue was full. */
export const dropped = Metric.counter("galaxy_country_counts_dropped", {
  description: "Requests that were not counted by country because too many waited",
  incremental: true
})

/** Requests that wait at most. */
const capacity = 1_024

/** Requests that are counted in one pass, with one upsert. */
const batch = 512

interface Request {
  readonly userId: UserId
  readonly ip: string
}

/** Starts the loop that stores the counts; it ends with the scope. */
export const layer: Layer.Layer<CountryCounters, never, SqlClient.SqlClient | AccountStore | GeoIp | BackgroundLoops> =
  Layer.effect(
    CountryCounters,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const accounts = yield* AccountStore
      const geo = yield* GeoIp
      const wake = yield* Queue.sliding<void>(1)
      const queue = yield* Queue.dropping<Request>(capacity)
      let lost = 0

      const countryOf = (ip: string) =>
        Effect.catchCause(geo.country(ip), (cause) =>
          Effect.annotateLogs(Effect.logWarning("a country could not be determined"), failureFields(cause)).pipe(
            Effect.as(undefined)
          )
        )

      const taken = Effect.gen(function* () {
        const requests: Array<Request> = []
        while (requests.length < batch) {
          const next = yield* Queue.poll(queue)
          if (Option.isNone(next)) break
          requests.push(next.value)
        }
        return requests
      })

      /** How often each player came from each known country. */
      const counts = Effect.fnUntraced(function* (requests: ReadonlyArray<Request>) {
        const known = new Map<string, string | undefined>()
        const rows = new Map<string, { user_id: UserId; country: string; count: number }>()
        for (const { userId, ip } of requests) {
          if (!known.has(ip)) known.set(ip, yield* countryOf(ip))
          const country = known.get(ip)
          if (country === undefined) continue
          const key = `${userId} ${country}`
          const row = rows.get(key)
          if (row === undefined) rows.set(key, { user_id: userId, country, count: 1 })
          else row.count++
        }
        return [...rows.values()]
      })

      const store = Effect.fnUntraced(function* (rows: Effect.Success<ReturnType<typeof counts>>) {
        const living = yield* accounts.living([...new Set(rows.map((it) => it.user_id))])
        const kept = rows.filter((it) => living.has(it.user_id))
        if (kept.length === 0) return
        const now = yield* DateTime.nowAsDate
        yield* sql`
        INSERT INTO backend.user_country_counters AS c (user_id, country, count, last_seen_at, created_at)
        SELECT n.user_id, n.country, n.count, ${now}::timestamptz, ${now}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(kept)}::text::jsonb) AS n(user_id uuid, country text, count bigint)
        ORDER BY n.user_id, n.country
        ON CONFLICT (user_id, country)
          DO UPDATE SET count = c.count + excluded.count, last_seen_at = excluded.last_seen_at`
      })

      const pass = Effect.gen(function* () {
        if (lost > 0) {
          const requests = lost
          lost = 0
          yield* Effect.annotateLogs(Effect.logWarning("requests weren't counted by country: too many waited"), {
            requests
          })
        }
        const requests = yield* taken
        const rows = yield* counts(requests)
        if (rows.length > 0) yield* sql.withTransaction(store(rows))
        return requests.length === batch ? Duration.zero : undefined
      })
      yield* BackgroundLoop.start({
        name: "country counter",
        pass,
        every: "1 minute",
        deadline: "30 seconds",
        wake: Queue.take(wake)
      })

      return CountryCounters.of({
        count: Effect.fnUntraced(function* (userId, ip) {
          if (!(yield* Queue.offer(queue, { userId, ip }))) {
            lost++
            yield* Metric.update(dropped, 1)
          }
          yield* Queue.offer(wake, undefined)
        })
      })
    })
  )
