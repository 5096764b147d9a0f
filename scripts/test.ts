/**
 * Runs the tests, with real services for those that need them.
 *
 * What the machine has is started for this run alone; what it lacks is told in a
 * line, and is an error in CI, where nothing may be skipped silently.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { compileCache, trimCompileCache } from "./lib/compileCache.ts"
import type { Counts } from "./lib/countReporter.ts"
import { root, toolEnv } from "./lib/tree.ts"
import { needs, variablesInUse } from "./services/needs.ts"
import { type Services, startServices } from "./services/start.ts"
import { syncRoutes } from "./web/sync.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-report-"))
const countsFile = join(folder, "counts.json")

const runVitest = (environment: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((done) => {
    const reporters = ["--reporter=default", `--reporter=${join(root, "scripts/lib/countReporter.ts")}`]
    const lifeline = ["--import", join(root, "scripts/bootstrap/lifeline.mjs")]
    const vitest = join(root, "node_modules/vitest/vitest.mjs")
    const child = spawn(process.execPath, [...lifeline, vitest, "run", ...reporters, ...process.argv.slice(2)], {
      cwd: root,
      stdio: ["inherit", "inherit", "inherit", "pipe"],
      env: {
        ...toolEnv(),
        ...environment,
        // Both databases are for the night: each suite twice is more than a change can wait for.
        GALAXY_TEST_DATABASES: process.env["GALAXY_TEST_DATABASES"] ?? "one",
        GALAXY_TEST_COUNTS: countsFile,
        NODE_COMPILE_CACHE: compileCache,
        GALAXY_LIFELINE_OF: String(process.pid)
      }
    })
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal))
    child.on("error", (error) => {
      console.error(`vitest cannot be run: ${error.message}`)
      done(1)
    })
    child.on("exit", (code) => done(code ?? 1))
  })

const closingLine = (exitCode: number): string => {
  try {
    const { passed, failed, skipped } = JSON.parse(readFileSync(countsFile, "utf8")) as Counts
    // A run can fail as a whole, such as by a coverage threshold.
    return `${passed} passed, ${exitCode === 0 ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`
  } catch {
    return "The run ended before its results were known."
  }
}

const main = async (): Promise<number> => {
  syncRoutes()
  const used = variablesInUse()
  const environment: Record<string, string> = {}
  const toStart = new Map<string, string>()
  const missing: Array<string> = []
  const indispensable: Array<string> = []
  for (const { name, variable, find, optional } of needs) {
    if (!used.has(variable)) continue
    const found = await find()
    if ("at" in found) environment[variable] = found.at
    else if ("start" in found) toStart.set(found.start, variable)
    else {
      const line = `${name} tests (${found.missing})`
      missing.push(line)
      if (optional !== true) indispensable.push(line)
    }
  }
  if (indispensable.length > 0 && process.env["CI"]) {
    for (const line of indispensable) console.error(`In CI nothing is skipped: ${line}`)
    return 1
  }
  const tellMissing = () => {
    for (const line of missing) console.log(`skipped: ${line}`)
  }
  tellMissing()
  trimCompileCache()
  let services: Services | undefined
  try {
    if (toStart.size > 0) services = await startServices([...toStart.keys()])
    for (const [name, variable] of toStart) environment[variable] = services?.urls[name] ?? ""
    const code = await runVitest(environment)
    tellMissing()
    console.log(closingLine(code))
    return code
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  } finally {
    await services?.stop()
  }
}

try {
  process.exitCode = await main()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
