/**
 * Our programs as one bundle, for tests that start many of them: a program of one file starts in a fifth of the time that
 * its thousand sources take. What the sources do when they are started as they are is proved by tests of each program.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { exclusively } from "./exclusive.ts"
import { filesBelow, root } from "./tree.ts"

/** The programs, and what they start in processes or threads of their own, as paths in `packages/host-node/src`. */
export const entries = [
  "all-in-one/main",
  "demo/main",
  "engine/main",
  "engine/play",
  "engine/simulate",
  "processes/backend",
  "processes/gateway",
  "processes/signing-key",
  "sql/pglite-worker",
  "user/main"
] as const

export type Entry = (typeof entries)[number]

const kept = join(root, ".cache/bundled")

/** Bundles of sources that have changed since are removed after this time: until then, a test may be running one. */
const staleMs = 3_600_000

/** Differs when a source or an installed package does. */
const fingerprint = (): string => {
  const hash = createHash("sha256")
  const add = (path: string) => {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  for (const name of readdirSync(join(root, "packages")).toSorted()) {
    for (const path of filesBelow(join(root, "packages", name, "src"))) add(`packages/${name}/src/${path}`)
  }
  for (const path of ["node_modules/.package-lock.json", "scripts/lib/bundle.ts", "scripts/lib/bundled.ts"]) add(path)
  return hash.digest("hex").slice(0, 32)
}

const removeStale = (current: string): void => {
  for (const name of readdirSync(kept)) {
    const folder = join(kept, name)
    const used = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (name !== current && used < Date.now() - staleMs) rmSync(folder, { recursive: true, force: true })
  }
}

const build = (folder: string): void => {
  const made = `${folder}.${process.pid}`
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "bundle.ts"), made, folder], {
    encoding: "utf8",
    timeout: 120_000
  })
  if (status !== 0) throw new Error(`the programs can't be bundled: ${stderr}`)
  renameSync(made, folder)
}

/** The path of that program's bundle, which is made first if it isn't there. */
export const bundled = (entry: Entry): string => {
  mkdirSync(kept, { recursive: true })
  const current = fingerprint()
  const folder = join(kept, current)
  if (!existsSync(folder)) {
    exclusively("bundled", () => {
      if (!existsSync(folder)) build(folder)
    })
    removeStale(current)
  }
  const now = new Date()
  utimesSync(folder, now, now)
  return join(folder, `${entry}.js`)
}
