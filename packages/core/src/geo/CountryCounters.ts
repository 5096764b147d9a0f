/**
 * Counts players' requests by country in the background; no answer waits for it.
 *
 * Requests that don't fit the queue are not counted: the signal isn't worth a delay.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Duration, Effect, Layer, Option, Queue } from "effect"
import { SqlClient } from "effect/sql"
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

const capacity = 1_024

/** Requests that are counted in one pass. */
const batch = 64

/** Starts the loop that stores the counts; it ends with the scope. */
export const layer: Layer.Layer<CountryCounters, never, SqlClient.SqlClient | GeoIp | BackgroundLoops> = Layer.effect(
  CountryCounters,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const geo = yield* GeoIp
    const wake = yield* Queue.sliding<void>(1)
    const queue = yield* Queue.dropping<{ readonly userId: UserId; readonly ip: string }>(capacity)

    const record = Effect.fnUntraced(function* (userId: UserId, ip: string) {
      const country = yield* geo
        .country(ip)
        .pipe(
          Effect.catchCause((cause) =>
            Effect.annotateLogs(Effect.logWarning("a country could not be determined"), failureFields(cause)).pipe(
              Effect.as(undefined)
            )
          )
        )
      if (country === undefined) return
      const now = yield* DateTime.nowAsDate
      yield* sql`
        INSERT INTO backend.user_country_counters AS c (user_id, country, count, last_seen_at, created_at)
        VALUES (${userId}, ${country}, 1, ${now}, ${now})
        ON CONFLICT (user_id, country) DO UPDATE SET count = c.count + 1, last_seen_at = EXCLUDED.last_seen_at`
    })

    const pass = Effect.gen(function* () {
      for (let count = 0; count < batch; count++) {
        const next = yield* Queue.poll(queue)
        if (Option.isNone(next)) return
        yield* record(next.value.userId, next.value.ip)
      }
      return Duration.zero
    })
    yield* BackgroundLoop.start({
      name: "country counter",
      pass,
      every: "1 minute",
      deadline: "30 seconds",
      wake: Queue.take(wake)
    })

    return CountryCounters.of({
      count: (userId, ip) =>
        Effect.andThen(Queue.offer(queue, { userId, ip }), Effect.asVoid(Queue.offer(wake, undefined)))
    })
  })
)
