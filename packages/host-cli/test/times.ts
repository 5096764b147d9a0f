/** How long `galaxy-admin` takes beside a bare Node: its help, and a call beside a bare `fetch`, from the bundle. */
import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Milliseconds, the median of the rounds; the four take turns, so that a busy machine hits all. */
export interface CliTimes {
  readonly bareMs: number
  readonly helpMs: number
  readonly fetchMs: number
  readonly callMs: number
}

/** Measures with the given Node; the bundle is made anew. Throws if a command fails. */
export const cliTimes = async (node: string, rounds: number): Promise<CliTimes> => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-admin-speed-"))
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { "content-type": "application/json" }).end('{"games":[],"next_cursor":null}')
  }).listen(0, "127.0.0.1")
  try {
    await new Promise((resolve) => server.once("listening", resolve))
    const script = fileURLToPath(new URL("../build.mjs", import.meta.url))
    const built = spawnSync(process.execPath, [script, folder], { encoding: "utf8" })
    if (built.status !== 0) throw new Error(built.stderr)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      GALAXY_ADMIN_SERVER: url,
      GALAXY_ADMIN_USER: "root",
      GALAXY_ADMIN_PASSWORD: "of the bench"
    }
    const bin = join(folder, "bin.js")
    const works = {
      bareMs: ["-e", "0"],
      helpMs: [bin, "--help"],
      fetchMs: ["-e", `fetch("${url}/api/v1/admin/games").then((it) => it.json())`],
      callMs: [bin, "game", "list", "--output-format", "json"]
    }
    const took = { bareMs: Array<number>(), helpMs: Array<number>(), fetchMs: Array<number>(), callMs: Array<number>() }
    for (let round = 0; round <= rounds; round++) {
      for (const name of ["bareMs", "helpMs", "fetchMs", "callMs"] as const) {
        const started = performance.now()
        await promisify(execFile)(node, works[name], { env })
        // The first round fills the caches.
        if (round > 0) took[name].push(performance.now() - started)
      }
    }
    return {
      bareMs: median(took.bareMs),
      helpMs: median(took.helpMs),
      fetchMs: median(took.fetchMs),
      callMs: median(took.callMs)
    }
  } finally {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
