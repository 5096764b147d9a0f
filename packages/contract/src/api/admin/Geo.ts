/** From which countries players have come, for operators (`/api/v1/admin/geo`). A passive signal: nothing acts on it. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { UserId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { Timestamp } from "../Fields.ts"

/** How many requests of a player came from a country, as far as it was known. */
export const CountryCount = Schema.Struct({
  /** ISO 3166-1 alpha-2. */
  country: Schema.String,
  count: Schema.Int,
  last_seen_at: Schema.optionalKey(Timestamp)
})

/** Reads of the counters, the most frequent country first. An unknown player is `not_found`. */
export class AdminGeoGroup extends HttpApiGroup.make("adminGeo")
  .add(
    HttpApiEndpoint.get("countries", "/users/:user_id/countries", {
      params: { user_id: UserId },
      success: Schema.Struct({ user_id: UserId, countries: Schema.Array(CountryCount) }),
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/geo") {}
