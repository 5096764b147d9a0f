/** Country of an address, where it is known: a passive signal that never decides anything. */
import { Context, Effect, Layer } from "effect"

/** Port to a database of countries by IP address, which the host supplies. */
export class GeoIp extends Context.Service<
  GeoIp,
  {
    /** ISO 3166-1 alpha-2 code; `undefined` for unknown, private or malformed addresses. Never fails. */
    country(ip: string): Effect.Effect<string | undefined>
  }
>()("@galaxy/core/geo/GeoIp") {}

/** For programs without a database of countries: every country is unknown. */
export const layerNone: Layer.Layer<GeoIp> = Layer.succeed(GeoIp, { country: () => Effect.succeed(undefined) })
