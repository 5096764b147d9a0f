/** What every `GeoIp` adapter does. Run it once per adapter, with addresses whose country its database knows. */
import { GeoIp } from "@galaxy/core/geo/GeoIp"
import { Effect, type Layer } from "effect"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

/** Addresses of the adapter's database. */
export interface Addresses {
  /** Addresses with the country that the adapter must give them; none for an adapter that knows no country. */
  readonly known?: ReadonlyArray<readonly [ip: string, country: string]>
  /** Addresses that its database says nothing about. */
  readonly unknown?: ReadonlyArray<string>
}

const ofNobody = ["127.0.0.1", "::1", "10.0.0.1", "fd00::1", "::ffff:127.0.0.1"]

const malformed = [
  "",
  "unknown",
  "%eth0",
  "192.0.2.300",
  "192.0.2",
  "192.0.2.1, 10.0.0.1",
  "::ffff:999.0.2.1",
  "192.0.2.1\0",
  "x".repeat(10_000)
]

/** What every `GeoIp` does. */
export const geoIp = <E>(adapter: Layer.Layer<GeoIp, E>, addresses: Addresses = {}): ReadonlyArray<Case> =>
  casesOf(adapter, (it) => {
    const { known = [], unknown = [] } = addresses
    const country = (ip: string) => Effect.flatMap(GeoIp, (geo) => geo.country(ip))

    if (known.length > 0) {
      it("knows the country of an address, each time it is asked", () =>
        Effect.gen(function* () {
          for (const [ip, code] of [...known, ...known]) {
            assert.match(code, /^[A-Z]{2}$/)
            assert.strictEqual(yield* country(ip), code, ip)
          }
        }))
    }

    it("knows no country of private and foreign addresses", () =>
      Effect.gen(function* () {
        for (const ip of [...ofNobody, ...unknown]) assert.strictEqual(yield* country(ip), undefined, ip)
      }))

    it("knows no country of what isn't an address, and never fails", () =>
      Effect.gen(function* () {
        for (const ip of malformed) assert.strictEqual(yield* country(ip), undefined, ip.slice(0, 40))
      }))
  })
