/** The examples of embedding on Bun and Deno, from packed packages. Both runtimes are installed from npm. */
import { execFile, spawnSync } from "node:child_process"
import { cpSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hasForTests } from "../lib/hasForTests.ts"
import { root } from "../lib/tree.ts"
import { publishedFolders } from "../publish/stage.ts"
import { embedded, playExample } from "./examples.ts"
import { makeOutside, strangerEnv } from "./outside.ts"

const versions = { bun: "1.4.5", deno: "2.9.6" }
const { outside, install, remove } = makeOutside()
const tools = join(outside, "tools")
const database = process.env["GALAXY_TEST_DATABASE_URL"] || undefined

/** Why it can't be tried here. */
const missing = (): string | undefined => {
  if (database === undefined) return "GALAXY_TEST_DATABASE_URL names no server"
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  const options = ["--prefix", tools, "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
  const installing = { cwd: outside, env: strangerEnv(), encoding: "utf8", timeout: 300_000 } as const
  mkdirSync(tools)
  const npm = spawnSync("npm", ["install", ...options, ...wanted], installing)
  return npm.status === 0 ? undefined : `npm can't install the runtimes: ${npm.stderr.split("\n")[0]}`
}

const reason = missing()
hasForTests(reason === undefined, `embedding on Bun and Deno (${reason})`)

const bin = (name: string) => join(tools, "node_modules/.bin", name)
/** Programs and examples, and where each serves the backend. */
const programs = [...embedded, ["serve", ""]] as const

beforeAll(async () => {
  if (reason !== undefined) return
  await install(publishedFolders)
  for (const [name] of embedded) cpSync(join(root, "examples", name), join(outside, name), { recursive: true })
  cpSync(join(import.meta.dirname, "stream.ts"), join(outside, "stream.ts"))
  cpSync(join(import.meta.dirname, "serve.ts"), join(outside, "serve", "main.ts"))
}, 120_000)

afterAll(remove)

describe.skipIf(reason !== undefined).each([
  ["Bun", [bin("bun"), "run"]],
  ["Deno", [bin("deno"), "run", "--allow-all", "--node-modules-dir=manual"]]
] as const)("an embedded Galaxy on %s", (_, runtime) => {
  it.each(programs)("mails a login code and ends when told: %s", async (name, mount) => {
    const outcome = await playExample(runtime, join(outside, name), mount, database ?? "")
    expect(outcome).toMatchObject({ ready: 200, code: 200, exit: 0 })
    expect(outcome.gateway).toBe(name === "embed-hono" ? 200 : undefined)
  })

  it("streams a player's events through its gateway, and ends by itself", async () => {
    const [command, ...args] = runtime
    const streamed = Effect.flatMap(TestDatabase.cloneUrl(database ?? ""), ({ url }) =>
      Effect.promise(() => {
        const env = { ...strangerEnv(), DATABASE_URL: url }
        return promisify(execFile)(command, [...args, "stream.ts"], { cwd: outside, env, timeout: 120_000 })
      })
    )
    const { stdout } = await Effect.runPromise(Effect.scoped(streamed))
    expect(JSON.parse(stdout)).toEqual(['{"title":"before"}', '{"title":"live"}'])
  })
})
