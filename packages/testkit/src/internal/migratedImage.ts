/**
 * A PGlite with all migrations, as an image from which instances in memory start in a fraction of the time that
 * migrating takes.
 *
 * It is made once per version of the migrations, on first use, below the system's temporary folder. Only its own user
 * can write there, since whoever could would choose what tests run on.
 */
import { randomUUID } from "node:crypto"
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as DataImage from "@galaxy/host-node/sql/DataImage"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import { Effect } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import { fingerprint } from "./fingerprint.ts"
import * as seed from "./DatabaseSeed.ts"

/** Where a migrated database is: the image, and what the migrations have written. */
export interface MigratedImage {
  /** Path of the file. */
  readonly image: string
  readonly seed: seed.Seed
}

/** Folders of processes that were killed are removed when they are older than this. */
const abandonedMs = 10 * 60_000

const own = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  const { uid } = userInfo()
  if (!found.isDirectory() || (uid >= 0 && (found.uid !== uid || (found.mode & 0o022) !== 0))) {
    throw new Error(`${folder} must be a folder that only this user can write to: remove it, or set TMPDIR`)
  }
  return folder
}

const root = () => own(join(tmpdir(), `galaxy-testkit-${userInfo().uid}`))
const buildings = () => own(join(root(), "buildings"))

/** Removes what processes have left behind that were killed while they made an image. */
const sweep = () => {
  for (const name of readdirSync(buildings())) {
    const path = join(buildings(), name)
    try {
      if (Date.now() - lstatSync(path).mtimeMs > abandonedMs) rmSync(path, { recursive: true, force: true })
    } catch {
      // Another process removes it at the same time.
    }
  }
}

const emptyFolder = (path: string, keep: ReadonlyArray<string>) => {
  for (const name of existsSync(path) ? readdirSync(path) : []) {
    if (!keep.includes(name)) rmSync(join(path, name), { recursive: true, force: true })
  }
}

/** What no test needs is left out: PostgreSQL's own template databases, and the log of the migrations. */
const trim = (folder: string, log: string) => {
  for (const database of ["1", "4"]) emptyFolder(join(folder, "base", database), ["PG_VERSION"])
  emptyFolder(join(folder, "pg_wal"), [log, "archive_status", "summaries"])
}

/** Tests hold little data, and clearing PGlite's usual 128 MB takes as long as all the rest of a start. */
const configure = (folder: string) => {
  appendFileSync(join(folder, "postgresql.conf"), "\nshared_buffers = 4MB\n")
}

/** Makes a migrated database in a folder; returns its seed and the file with the end of its log. */
const migrate = (dataDir: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const instance = yield* Pglite.start({ dataDir })
      const sql = yield* Pglite.client(instance)
      yield* Effect.provideService(Migrations.run, SqlClient.SqlClient, sql)
      const written = yield* seed.of(sql)
      // Nothing is left to be replayed when an instance starts, and the end of the log is in a file that is nearly empty.
      yield* sql`SELECT pg_switch_wal()::text`
      yield* sql`CHECKPOINT`
      const [end] = yield* sql<{ readonly file: string }>`SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS file`
      if (end === undefined) return yield* Effect.die(new Error("PostgreSQL doesn't say where its log ends"))
      return { seed: written, log: end.file }
    }).pipe(Effect.provide(Reactivity.layer))
  )

const imageIn = (folder: string) => join(folder, "image")
const seedIn = (folder: string) => join(folder, "seed.json")

/** Makes the image and its seed in a new folder. */
const build = (folder: string) =>
  Effect.gen(function* () {
    mkdirSync(folder)
    const dataDir = join(folder, "data")
    const { log, seed: written } = yield* migrate(dataDir)
    trim(dataDir, log)
    configure(dataDir)
    writeFileSync(imageIn(folder), DataImage.pack(dataDir))
    rmSync(dataDir, { recursive: true, force: true })
    writeFileSync(seedIn(folder), JSON.stringify(written))
  })

/** The image of this version of the migrations. The first caller makes it. */
export const migratedImage: Effect.Effect<MigratedImage> = Effect.gen(function* () {
  const path = join(root(), `pglite-${fingerprint()}`)
  if (!existsSync(path)) {
    sweep()
    const building = join(buildings(), `${process.pid}-${randomUUID()}`)
    yield* build(building)
    try {
      renameSync(building, path)
    } catch (error) {
      // Others may have made the same one meanwhile.
      rmSync(building, { recursive: true, force: true })
      if (!existsSync(path)) throw error
    }
  }
  return { image: imageIn(path), seed: JSON.parse(readFileSync(seedIn(path), "utf8")) as seed.Seed }
}).pipe(Effect.orDie)
