/**
 * Data folders of PGlite with all migrations, which open in a fraction of the time that migrating takes.
 *
 * One is made per version of the migrations, on first use, below the system's temporary folder; every database is a
 * copy of it. Only its own user can write there, since whoever could would choose what tests run on.
 */
import { randomUUID } from "node:crypto"
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync
} from "node:fs"
import { rm } from "node:fs/promises"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import { Effect, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import { fingerprint } from "./fingerprint.ts"
import * as seed from "./seed.ts"

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
const copies = () => own(join(root(), "copies"))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

let swept = false

/** Removes what processes have left behind that were killed; once per process. */
const sweep = () => {
  if (swept) return
  swept = true
  for (const name of readdirSync(copies())) {
    const path = join(copies(), name)
    try {
      if (isAlive(Number.parseInt(name, 10)) || Date.now() - lstatSync(path).mtimeMs < abandonedMs) continue
      rmSync(path, { recursive: true, force: true })
    } catch {
      // Another process removes it at the same time.
    }
  }
}

/** PostgreSQL's own template databases: no test makes a database of them, and they are most of the files. */
const trim = (folder: string) => {
  for (const database of ["1", "4"]) {
    const path = join(folder, "base", database)
    for (const file of existsSync(path) ? readdirSync(path) : []) {
      if (file !== "PG_VERSION") rmSync(join(path, file), { force: true })
    }
  }
}

/** Tests hold little data, and clearing 128 MB takes as long as all the rest of a start. */
const configure = (folder: string) => {
  appendFileSync(join(folder, "postgresql.conf"), "\nshared_buffers = 16MB\n")
}

const migrate = (dataDir: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const instance = yield* Pglite.start({ dataDir })
      const sql = yield* Pglite.client(instance)
      yield* Effect.provideService(Migrations.run, SqlClient.SqlClient, sql)
      seed.write(dataDir, yield* seed.of(sql))
      // Nothing is left to be replayed when a copy is opened.
      yield* sql`CHECKPOINT`
    }).pipe(Effect.provide(Reactivity.layer))
  )

/** The folder that copies are made of. The first caller makes it. */
const template = Effect.gen(function* () {
  const path = join(root(), `pglite-${fingerprint()}`)
  if (existsSync(path)) return path
  const building = join(copies(), `${process.pid}-${randomUUID()}`)
  yield* migrate(building)
  trim(building)
  configure(building)
  try {
    renameSync(building, path)
  } catch (error) {
    // Others may have made the same folder meanwhile.
    rmSync(building, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
  return path
})

/** A migrated folder of the caller's own, removed with the scope. */
export const migratedFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.map(Effect.orDie(template), (from) => {
    sweep()
    const folder = mkdtempSync(join(copies(), `${process.pid}-`))
    cpSync(from, folder, { recursive: true })
    return folder
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
)
