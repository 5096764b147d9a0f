/**
 * What tests can use of the machine they run on, and which of it this tree's tests do use.
 *
 * A test asks for it by the name of an environment variable; what no test names is neither started nor missed.
 */
import { readFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { filesBelow, root } from "../lib/tree.ts"
import { findPostgres, findProgram } from "./executables.ts"

export interface Need {
  readonly name: string
  /** The variable that tells the tests where it is. */
  readonly variable: string
  /** Few sandboxes can run it: even in CI its tests may be skipped, which is said. */
  readonly optional?: true
  /** How it is here: at an address, to be started by the supervisor under a name, or missing. */
  readonly find: () => Promise<{ readonly at: string } | { readonly start: string } | { readonly missing: string }>
}

const socketAnswers = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path)
    socket.on("connect", () => {
      socket.destroy()
      done(true)
    })
    socket.on("error", () => done(false))
  })

export const needs: ReadonlyArray<Need> = [
  {
    name: "PostgreSQL",
    variable: "GALAXY_TEST_DATABASE_URL",
    find: async () => {
      const given = process.env["GALAXY_TEST_DATABASE_URL"] || process.env["DATABASE_URL"]
      if (given) return { at: given }
      if (findPostgres() !== undefined) return { start: "postgres" }
      return { missing: "no server on this machine; install postgresql, or set DATABASE_URL" }
    }
  },
  {
    name: "Redis",
    variable: "GALAXY_TEST_REDIS_URL",
    find: async () => {
      const given = process.env["GALAXY_TEST_REDIS_URL"] || process.env["REDIS_URL"]
      if (given) return { at: given }
      if (findProgram("redis-server") !== undefined) return { start: "redis" }
      return { missing: "no server on this machine; install redis-server, or set REDIS_URL" }
    }
  },
  {
    name: "Chromium",
    variable: "GALAXY_TEST_CHROMIUM",
    find: async () => {
      const program =
        process.env["GALAXY_TEST_CHROMIUM"] || findProgram("chromium", "chromium-browser", "google-chrome")
      return program ? { at: program } : { missing: "no browser on this machine; install chromium" }
    }
  },
  {
    name: "Docker",
    variable: "GALAXY_TEST_DOCKER_HOST",
    optional: true,
    find: async () => {
      const host = process.env["GALAXY_TEST_DOCKER_HOST"] || process.env["DOCKER_HOST"]
      if (host) return { at: host }
      const socket = "/var/run/docker.sock"
      if (await socketAnswers(socket)) return { at: `unix://${socket}` }
      return { missing: "no daemon answers on this machine; start dockerd, or set DOCKER_HOST" }
    }
  }
]

/** The variables that some test, or the testkit for it, names. */
export const variablesInUse = (): ReadonlySet<string> => {
  const texts = filesBelow(join(root, "packages"))
    .filter((path) => /^([^/]+\/test|testkit\/src)\/.*\.ts$/.test(path))
    .map((path) => readFileSync(join(root, "packages", path), "utf8"))
  return new Set(needs.map(({ variable }) => variable).filter((variable) => texts.some((it) => it.includes(variable))))
}
