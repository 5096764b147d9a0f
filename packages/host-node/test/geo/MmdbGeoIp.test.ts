import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import * as MmdbGeoIp from "@galaxy/host-node/geo/MmdbGeoIp"
import { geoIp } from "@galaxy/testkit/contract/geoIp"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Context, Effect, Layer, Logger } from "effect"

const database = fileURLToPath(new URL("./countries.mmdb", import.meta.url))
const mmdb = MmdbGeoIp.layer(database)

contract(
  "GeoIp contract: a database",
  geoIp(mmdb, {
    known: [
      ["192.0.2.1", "DE"],
      ["192.0.2.255", "DE"],
      ["198.51.100.7", "JP"],
      ["::ffff:192.0.2.1", "DE"],
      ["2001:db8::1", "BR"],
      ["2001:db8::1%eth0", "BR"]
    ],
    unknown: ["198.51.100.200", "203.0.113.9"]
  })
)
contract("GeoIp contract: no database", geoIp(GeoIp.layerNone, { unknown: ["192.0.2.1"] }))

describe("country of an address", () => {
  it.live("a database that has changed is read again; one that can't be read leaves the one before in use", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "galaxy-geo-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
      const path = join(folder, "countries.mmdb")
      const original = readFileSync(database)
      writeFileSync(path, original)
      // The same database, with another country under the same number.
      const changed = Buffer.from(original)
      changed.write("FR", original.indexOf("DE"))
      const lines: Array<string> = []
      const logged = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
      const until = (holds: Effect.Effect<boolean>) =>
        Effect.repeat(Effect.andThen(Effect.sleep("5 millis"), holds), { until: (it) => it }).pipe(
          Effect.timeout("20 seconds")
        )
      const context = yield* Layer.build(MmdbGeoIp.layer(path, { every: "5 millis" }).pipe(Layer.provideMerge(logged)))
      const geo = Context.get(context, GeoIp.GeoIp)
      const germany = geo.country("192.0.2.1")
      assert.strictEqual(yield* germany, "DE")
      const move = (content: Uint8Array | string) => {
        writeFileSync(join(folder, "next"), content)
        renameSync(join(folder, "next"), path)
      }
      move(changed)
      yield* until(Effect.map(germany, (it) => it === "FR"))
      move(original.subarray(0, 200))
      yield* until(Effect.sync(() => lines.some((it) => it.includes("the one before stays in use"))))
      assert.strictEqual(yield* germany, "FR")
      rmSync(path)
      yield* until(Effect.sync(() => lines.filter((it) => it.includes("the one before stays in use")).length === 2))
      assert.strictEqual(yield* germany, "FR")
      move(original)
      yield* until(Effect.map(germany, (it) => it === "DE"))
      assert.lengthOf(
        lines.filter((it) => it.includes("WARN")),
        2
      )
    }).pipe(Effect.scoped)
  )

  it.effect("a database that isn't there or isn't one stops the start and says which", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "galaxy-geo-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
      const garbage = join(folder, "garbage.mmdb")
      writeFileSync(garbage, Buffer.alloc(4_096, 7))
      const empty = join(folder, "empty.mmdb")
      writeFileSync(empty, "")
      for (const path of [join(folder, "missing.mmdb"), garbage, empty]) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(MmdbGeoIp.layer(path))))
        assert.strictEqual(error._tag, "GeoDatabaseUnreadable")
        assert.strictEqual(error.path, path)
        assert.include(error.message, path)
      }
    })
  )
})
