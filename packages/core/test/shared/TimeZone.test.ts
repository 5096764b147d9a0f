import { zoneNamed } from "@galaxy/core/shared/TimeZone"
import { zoneNames } from "@galaxy/core/shared/zoneNames"
import { assert, describe, it } from "@effect/vitest"

describe("a time zone's name", () => {
  it("stays what it is, whatever zone it is another name of", () => {
    for (const name of ["Europe/Kyiv", "America/Nuuk", "Asia/Kolkata", "CET", "Europe/Kiev", "US/Eastern", "UTC"]) {
      assert.strictEqual(zoneNamed(name), name)
    }
  })

  it("gets its own spelling", () => {
    assert.strictEqual(zoneNamed("europe/kyiv"), "Europe/Kyiv")
    assert.strictEqual(zoneNamed("AMERICA/ARGENTINA/COMODRIVADAVIA"), "America/Argentina/ComodRivadavia")
    assert.strictEqual(zoneNamed("etc/gmt+2"), "Etc/GMT+2")
  })

  it("is none where there is no such zone", () => {
    for (const name of [
      "",
      "+02:00",
      "Europe/Atlantis",
      "Factory",
      "Europe/Berlin ",
      "Ｅurope/Berlin",
      "x".repeat(80)
    ]) {
      assert.isUndefined(zoneNamed(name), name)
    }
  })

  it("is on the list for every zone that the platform's own database has", () => {
    const listed = new Set(zoneNames)
    assert.deepStrictEqual(
      Intl.supportedValuesOf("timeZone").filter((name) => !listed.has(name)),
      []
    )
    assert.strictEqual(new Set(zoneNames.map((name) => name.toLowerCase())).size, zoneNames.length)
  })
})
