/** The port of countries over a function of the embedding program, for programs that put the core together themselves. */
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import { Effect, Layer } from "effect"

/** Whatever else the program's function returns, a Promise included, is no country. */
const twoLetters = (given: unknown): string | undefined =>
  typeof given === "string" && /^[A-Z]{2}$/i.test(given) ? given.toUpperCase() : undefined

/** Provides `GeoIp`. A function that throws knows no country. */
export const layer = (country: ((ip: string) => string | undefined) | undefined): Layer.Layer<GeoIp.GeoIp> =>
  country === undefined
    ? GeoIp.layerNone
    : Layer.succeed(GeoIp.GeoIp, {
        country: (ip) =>
          Effect.try({ try: () => twoLetters(country(ip)), catch: () => undefined }).pipe(
            Effect.catch(() => Effect.succeed(undefined))
          )
      })
