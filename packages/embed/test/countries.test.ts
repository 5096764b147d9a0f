import { GeoIp } from "@galaxy/core/geo/GeoIp"
import * as Countries from "@galaxy/embed/GeoIp"
import { geoIp } from "@galaxy/testkit/contract/geoIp"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Effect } from "effect"
import { expect, it } from "vitest"

const known = new Map([["192.0.2.1", "de"]])
contract(
  "GeoIp contract: a function of the program",
  geoIp(
    Countries.layer((ip) => known.get(ip)),
    { known: [["192.0.2.1", "DE"]], unknown: ["198.51.100.7"] }
  )
)

it.each<[string, () => unknown]>([
  ["a name", () => "Germany"],
  ["three letters", () => "DEU"],
  ["one letter", () => "D"],
  ["two digits", () => "49"],
  ["letters that aren't of the alphabet", () => "ÄÖ"],
  ["letters with a line after them", () => "DE\n"],
  ["nothing", () => ""],
  ["null", () => null],
  ["a number", () => 49],
  ["a Promise", async () => "DE"],
  [
    "an error",
    () => {
      throw new Error("the database is gone")
    }
  ]
])("%s is no country", async (_, country) => {
  const asked = Effect.flatMap(GeoIp, (geo) => geo.country("192.0.2.1"))
  const layer = Countries.layer(country as (ip: string) => string | undefined)
  expect(await Effect.runPromise(Effect.provide(asked, layer))).toBeUndefined()
})
