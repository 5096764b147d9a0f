/**
 * `GeoIp` from a MaxMind country database on disk, read completely when the process starts.
 *
 * A database that can't be read stops the start: an operator who configured one wants to know. A look-up never fails.
 */
import { readFile } from "node:fs/promises"
import { isIP } from "node:net"
import { GeoIp } from "@galaxy/core/geo/GeoIp"
import { Effect, Layer, Schema } from "effect"
import { type CountryResponse, Reader } from "mmdb-lib"

/** The file can't be read, isn't a MaxMind database, or holds no countries. */
export class GeoDatabaseUnreadable extends Schema.TaggedError<GeoDatabaseUnreadable>()("GeoDatabaseUnreadable", {
  path: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `the country database ${this.path} can't be read (${this.problem}); correct BACKEND_GEOIP_DB_PATH or unset it`
  }
}

/** The plain address without a zone (`fe80::1%eth0`) or IPv6 mapping; `undefined` for anything else. */
const plain = (ip: string): string | undefined => {
  const unzoned = ip.split("%", 1)[0] ?? ""
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(unzoned)?.[1]
  const address = mapped ?? unzoned
  return isIP(address) === 0 ? undefined : address
}

const open = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      const reader = new Reader<CountryResponse>(await readFile(path))
      if (!/Country|City|Enterprise/.test(reader.metadata.databaseType)) {
        throw new Error(`holds no countries (its type is ${reader.metadata.databaseType})`)
      }
      return reader
    },
    catch: (cause) =>
      new GeoDatabaseUnreadable({ path, problem: cause instanceof Error ? cause.message : "not a MaxMind database" })
  })

/** Reads the database at `path`, or fails with `GeoDatabaseUnreadable`. Countries are two upper-case letters. */
export const layer = (path: string): Layer.Layer<GeoIp, GeoDatabaseUnreadable> =>
  Layer.effect(
    GeoIp,
    Effect.map(open(path), (reader) =>
      GeoIp.of({
        country: (ip) =>
          Effect.gen(function* () {
            const address = plain(ip)
            if (address === undefined) return undefined
            const found = yield* Effect.try({
              try: () => reader.get(address),
              catch: (cause) => (cause instanceof Error ? cause.message : String(cause))
            })
            const code: unknown = found?.country?.iso_code
            return typeof code === "string" && /^[A-Z]{2}$/.test(code) ? code : undefined
          }).pipe(
            // A damaged record is the database's fault, not the caller's.
            Effect.catch((reason) =>
              Effect.as(Effect.logWarning("a country look-up failed").pipe(Effect.annotateLogs({ reason })), undefined)
            )
          )
      })
    )
  )
