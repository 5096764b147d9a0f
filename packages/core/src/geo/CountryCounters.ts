/**
 * Counts a player's requests by country, after the answer is on its way and without ever holding one up.
 *
 * What doesn't fit the queue is not counted: the signal is worth no one's waiting.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Queue } from "effect"
import { SqlClient } from "effect/sql"
import { GeoIp } from "./GeoIp.ts"

export class CountryCounters extends Context.Service<
  CountryCounters,
  {
    readonly count: (userId: UserId, ip: string) => Effect.Effect<void>
  }
>()("@galaxy/core/geo/CountryCounters") {}

const capacity = 1_024

export const layer: Layer.Layer<CountryCounters, never, SqlClient.SqlClient | GeoIp> = Layer.effect(
  CountryCounters,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const geo = yield* GeoIp
    const queue = yield* Queue.dropping<{ readonly userId: UserId; readonly ip: string }>(capacity)

    const record = Effect.fnUntraced(function* (userId: UserId, ip: string) {
      const country = yield* geo.country(ip)
      if (country === undefined) return
      const now = yield* DateTime.nowAsDate
      yield* sql`
        INSERT INTO backend.user_country_counters AS c (user_id, country, count, last_seen_at, created_at)
        VALUES (${userId}, ${country}, 1, ${now}, ${now})
        ON CONFLICT (user_id, country) DO UPDATE SET count = c.count + 1, last_seen_at = EXCLUDED.last_seen_at`
    })

    yield* Queue.take(queue).pipe(
      Effect.flatMap(({ userId, ip }) =>
        record(userId, ip).pipe(Effect.catchCause((cause) => Effect.logWarning("a country wasn't counted", cause)))
      ),
      Effect.forever,
      Effect.forkScoped
    )

    return CountryCounters.of({ count: (userId, ip) => Effect.asVoid(Queue.offer(queue, { userId, ip })) })
  })
)
