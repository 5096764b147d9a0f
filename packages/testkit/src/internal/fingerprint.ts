/** What a migrated database depends on: whoever keeps one finds it by this text, and so never uses a stale one. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const migrations = () => dirname(fileURLToPath(import.meta.resolve("@galaxy/core/migrations/Migrations")))

/** The manifest of the PGlite that the host uses: its version decides what a data folder looks like. */
const pglite = (): string => {
  const host = createRequire(import.meta.resolve("@galaxy/host-node/sql/Pglite"))
  return join(dirname(host.resolve("@electric-sql/pglite")), "../package.json")
}

let known: string | undefined

const compute = (): string => {
  const hash = createHash("sha256")
  const folder = migrations()
  for (const file of readdirSync(folder).toSorted()) {
    if (/\.(ts|js)$/.test(file)) hash.update(file).update(readFileSync(join(folder, file)))
  }
  const { version } = JSON.parse(readFileSync(pglite(), "utf8")) as { readonly version: string }
  return hash.update(`PGlite ${version}, image 3`).digest("hex").slice(0, 16)
}

/** Sixteen hexadecimal digits. Another migration, or another version of PGlite, gives others. */
export const fingerprint = (): string => (known ??= compute())
