/**
 * The id of this machine's engine host. It is kept beside the states of the games, whose rows name it, so that it goes with
 * them wherever they are moved.
 */
import { randomBytes } from "node:crypto"
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"

/** What an id may look like: it is shown to operators, and named in commands. */
export const hostIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** The machine's name and something that no other folder has. */
const made = (): string => {
  const name = hostname()
    .replace(/\..*$/, "")
    .replace(/[^A-Za-z0-9-]+/g, "-")
    .slice(0, 40)
  return `${/^[A-Za-z0-9]/.test(name) ? name : "host"}-${randomBytes(3).toString("hex")}`
}

/**
 * The id that is kept in the folder, which is made where it is missing. Throws the file system's error where it can be
 * neither read nor written.
 */
export const hostIdIn = (folder: string): string => {
  const file = join(folder, "host-id")
  const known = () => {
    const id = readFileSync(file, "utf8").trim()
    return hostIdPattern.test(id) ? id : undefined
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) {
    const id = made()
    const written = `${file}.${id}`
    writeFileSync(written, `${id}\n`, { mode: 0o600, flush: true })
    try {
      // Of two processes that begin at once, one makes it.
      linkSync(written, file)
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
    } finally {
      unlinkSync(written)
    }
  }
  const id = known()
  if (id === undefined) throw new Error(`${file} holds no id of an engine host; remove it, or set BACKEND_HOST_ID`)
  return id
}
