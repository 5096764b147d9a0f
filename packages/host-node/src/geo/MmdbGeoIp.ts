/**
 * `GeoIp` from a MaxMind country database on disk, read completely when the process starts, and again when the file has
 * changed.
 *
 * A database that can't be read stops the start: an operator who configured one wants to know. One that can't be read
 * later leaves the one before in use. A look-up never fails.
 */
import { readFile, stat } from "node:fs/promises"
import { isIP } from "node:net"
import { GeoIp, layerNone } from "@galaxy/core/geo/GeoIp"
import { type Duration, Effect, Layer, Schema } from "effect"
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

/** Why the file can't be used; undefined if it can. */
export const problemOf = (path: string): Effect.Effect<string | undefined> =>
  Effect.match(open(path), { onFailure: ({ problem }) => problem, onSuccess: () => undefined })

/** How often the file is looked at; a minute by default. */
export interface MmdbOptions {
  readonly every?: Duration.Input | undefined
}

/** What is different for another file under the same name, or the same file with another content. */
const markOf = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      const { dev, ino, mtimeMs, size } = await stat(path)
      return `${dev} ${ino} ${mtimeMs} ${size}`
    },
    catch: (cause) =>
      new GeoDatabaseUnreadable({ path, problem: cause instanceof Error ? cause.message : "can't be looked at" })
  })

/** Reads a file that has changed, as often as it changes. Each file that can't be read is logged once. */
const followed = Effect.fnUntraced(function* (
  path: string,
  start: { readonly mark: string; readonly use: (reader: Reader<CountryResponse>) => void },
  every: Duration.Input
) {
  let seen = start.mark
  const look = Effect.gen(function* () {
    const mark = yield* Effect.catch(markOf(path), (error) => Effect.succeed(error.problem))
    if (mark === seen) return
    seen = mark
    start.use(yield* open(path))
    yield* Effect.logInfo("the country database was read again")
  }).pipe(
    Effect.catch((error) =>
      Effect.annotateLogs(Effect.logWarning("the country database can't be read; the one before stays in use"), {
        path,
        problem: error.problem
      })
    )
  )
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(every), look)))
})

/**
 * Reads the database at `path`, or fails with `GeoDatabaseUnreadable`. Countries are two upper-case letters. A new file
 * should be moved into place, so that it is never seen half-written; one that is, is read again when it is complete.
 */
export const layer = (path: string, options: MmdbOptions = {}): Layer.Layer<GeoIp, GeoDatabaseUnreadable> =>
  Layer.effect(
    GeoIp,
    Effect.gen(function* () {
      // Before it is read: a change in between is then seen as one.
      const mark = yield* markOf(path)
      let reader = yield* open(path)
      yield* followed(path, { mark, use: (it) => void (reader = it) }, options.every ?? "1 minute")
      return GeoIp.of({
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
    })
  )

/** The database at a path or, where there is none, no countries and a line in the log. */
export const layerFrom = (path: string | undefined): Layer.Layer<GeoIp, GeoDatabaseUnreadable> =>
  path === undefined
    ? Layer.merge(
        layerNone,
        Layer.effectDiscard(Effect.logInfo("no country database is configured: every country is unknown"))
      )
    : layer(path)
