/**
 * Starts the services named in its arguments, prints their addresses as one line
 * of JSON, and stops them when its standard input ends.
 *
 * A process of its own, so that the services are stopped however the test run
 * ends: the pipe to it closes in any case.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findPostgres, findProgram } from "./executables.ts"
import { startPostgres } from "./postgres.ts"
import type { Service } from "./process.ts"
import { startRedis } from "./redis.ts"

export type Answer = { readonly urls: Readonly<Record<string, string>> } | { readonly failure: string }

const starters: Readonly<Record<string, (parent: string) => Promise<Service>>> = {
  postgres: (parent) => startPostgres(findPostgres() ?? "", parent),
  redis: (parent) => startRedis(findProgram("redis-server") ?? "", parent)
}

const inputEnds = new Promise<void>((done) => {
  process.stdin.on("end", done).on("error", done).on("close", done).resume()
})
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.stdin.destroy())

const parent = mkdtempSync(join(tmpdir(), "galaxy-test-"))
const running: Array<Service> = []
const tell = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
// The reader may be gone already; the services are stopped all the same.
process.stdout.on("error", () => {})
try {
  const named = process.argv.slice(2).map(async (name) => {
    const service = await starters[name]?.(parent)
    if (service === undefined) throw new Error(`there is no service ${name}`)
    running.push(service)
    return [name, service.url] as const
  })
  const results = await Promise.allSettled(named)
  const failures = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []))
  if (failures.length > 0) tell({ failure: failures.join("\n") })
  else {
    tell({ urls: Object.fromEntries(results.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []))) })
    await inputEnds
  }
} finally {
  await Promise.all(running.map(({ stop }) => stop()))
  rmSync(parent, { recursive: true, force: true })
}
process.exit()
