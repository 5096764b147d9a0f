/** The countries that a player's requests came from, for operators. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, type DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AccountStore } from "../account/AccountStore.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"

/** How many requests came from one country. */
export interface CountryCount {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly count: number
  readonly last_seen_at?: DateTime.Utc
}

/** Reads the counters. */
export class Countries extends Context.Service<
  Countries,
  {
    /** The most frequent country first; none where there is no such account. */
    of(userId: UserId): Effect.Effect<Option.Option<ReadonlyArray<CountryCount>>, StorageError>
  }
>()("@galaxy/core/geo/Countries") {}

const Row = Schema.Struct({
  country: Schema.String,
  count: Schema.Int,
  last_seen_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})
const decode = Schema.decodeUnknownEffect(Schema.Array(Row))

/** There are fewer countries than a page of a list would hold rows for: no more than 300. */
const most = 300

/** `Countries` over PostgreSQL. */
export const layer: Layer.Layer<Countries, never, SqlClient.SqlClient | AccountStore> = Layer.effect(
  Countries,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const accounts = yield* AccountStore
    return Countries.of({
      of: Effect.fn("Countries.of")(function* (userId) {
        const facts = yield* accounts.facts([userId])
        if (facts.length === 0) return Option.none()
        const rows = yield* decode(
          yield* sql`
            SELECT country, least(count, 9007199254740991)::float8 AS count, last_seen_at
            FROM backend.user_country_counters WHERE user_id = ${userId}
            ORDER BY user_country_counters.count DESC, country LIMIT ${most}::int`
        )
        return Option.some(rows.map(withoutNulls))
      }, StorageError.refail)
    })
  })
)
