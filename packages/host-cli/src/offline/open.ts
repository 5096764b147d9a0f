/** Opens the database that a command without a server works on. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import type * as StoppedFolder from "@galaxy/host-node/all-in-one/StoppedFolder"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { dataFolderOf } from "../context/dataFolder.ts"
import { LocalFailure, Usage } from "../failures.ts"
import { Host, type HostShape } from "../host/Host.ts"
import { Offline, type OfflineServices } from "./Offline.ts"
import { postgresUrl } from "./postgresUrl.ts"

/** What the flags of these commands say. */
export interface OfflineFlags {
  readonly database: string | undefined
  /** A stopped platform's data folder; with PostgreSQL, the folder of the engines' states. */
  readonly dataDir: string | undefined
}

const secretOf = Effect.fnUntraced(function* ({ env }: HostShape) {
  const text = env["BACKEND_SECRET_KEY"]
  if (!text) return undefined
  const bytes = Buffer.from(text, "base64")
  if (bytes.length !== 32 || bytes.toString("base64") !== text) {
    return yield* new Usage({ message: "BACKEND_SECRET_KEY must be the standard base64 of 32 bytes." })
  }
  return Redacted.make(new Uint8Array(bytes))
})

/** The driver's own words, without anything of the address. */
const reasonOf = (error: unknown): string => {
  for (let it = error, depth = 0; typeof it === "object" && it !== null && depth < 5; depth++) {
    const { code, message, cause, reason } = it as Readonly<Record<string, unknown>>
    if (typeof code === "string" && typeof message === "string") return `${message} (${code})`
    it = cause ?? reason
  }
  return "it can't be reached"
}

const postgres = (url: URL, host: HostShape, dataDir: string | undefined) =>
  Layer.unwrap(
    Effect.map(secretOf(host), (secret) => {
      const place = `${url.host}${decodeURIComponent(url.pathname)}`
      const ledger = host.env["BACKEND_ERASURE_LEDGER"]
      const engines = dataDir ?? host.env["BACKEND_DATA_DIR"]
      const offline = Layer.succeed(Offline, {
        kind: "postgres",
        place,
        engines: engines ? resolve(host.cwd, engines) : undefined,
        secret,
        ledger: ledger ? resolve(host.cwd, ledger) : undefined
      })
      const client = Postgres.layer({ url: url.href, maxConnections: 4, statementTimeoutMs: 60_000 })
      return Layer.merge(offline, PgDatabaseSignal.layer.pipe(Layer.provideMerge(client)))
    })
  )

type FolderOpener = typeof StoppedFolder

/** Not a literal: the published bundle has no embedded database, and must not look for it. */
const opener: string = "@galaxy/host-node/all-in-one/StoppedFolder"

const folderOf = (path: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const stopped = yield* Effect.tryPromise({
        try: () => import(/* @vite-ignore */ opener) as Promise<FolderOpener>,
        catch: () =>
          new LocalFailure({
            message: `The embedded database in ${path} can't be opened by this program.`,
            hint: "Use the platform's own folder: npm run admin -- db status. For PostgreSQL give --database URL."
          })
      })
      const { place, secret, ledger, database } = yield* stopped.open(path)
      return Layer.merge(Layer.succeed(Offline, { kind: "folder", place, engines: place, secret, ledger }), database)
    })
  )

const holdsPlatform = (folder: string): boolean =>
  existsSync(join(folder, "keys.json")) && existsSync(join(folder, "database"))

/**
 * The address of the database; undefined for the folder's own. What a flag names comes before the environment: a folder
 * that holds a platform is meant itself, another one holds the engines' states of the PostgreSQL that is set.
 */
export const addressOf = ({ database, dataDir }: OfflineFlags, { env, cwd }: HostShape) =>
  database === undefined && dataDir !== undefined && holdsPlatform(resolve(cwd, dataDir))
    ? Effect.succeed(undefined)
    : postgresUrl(database, env)

/** Runs a handler on the database that flags and environment name. Fails with `Usage` or `LocalFailure`. */
export const withDatabase = <A, E, R>(flags: OfflineFlags, handler: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const host = yield* Host
    const url = yield* addressOf(flags, host)
    const folder = flags.dataDir === undefined ? dataFolderOf(host) : resolve(host.cwd, flags.dataDir)
    const opened: Layer.Layer<OfflineServices, unknown> =
      url === undefined ? folderOf(folder) : postgres(url, host, flags.dataDir)
    const where = url === undefined ? join(folder, "database") : `PostgreSQL at ${url.host}`
    const services = yield* Layer.build(opened).pipe(
      // Connections are made when they are needed: whether there is a database shows here.
      Effect.tap((built) =>
        Effect.provideContext(
          Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1`),
          built
        )
      ),
      Effect.mapError((error) =>
        error instanceof Usage || error instanceof LocalFailure
          ? error
          : new LocalFailure({
              message:
                url === undefined && error instanceof Error
                  ? `${error.message}.`
                  : `${where} can't be used: ${reasonOf(error)}.`,
              ...(url === undefined
                ? {
                    hint: "Stop the platform first. While it runs, ask it instead: galaxy-admin doctor, user export, user delete."
                  }
                : {})
            })
      )
    )
    return yield* Effect.provideContext(handler, services)
  }).pipe(Effect.scoped)
