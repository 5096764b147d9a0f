/** The platform of a data folder: its password goes to the process that wrote the address, and to no later one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { identityOf } from "@galaxy/host-node/files/processIdentity"
import { afterAll, expect, it } from "vitest"
import { cli } from "./cli.ts"
import { sampleServer } from "./samples.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-running-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
const running = (more: object) =>
  write("running.json", JSON.stringify({ process_id: process.pid, backend_url: "http://127.0.0.1:1", ...more }))

const asked = async () => {
  let calls = 0
  const { code, stderr } = await cli(["engine", "list"], {
    env: { GALAXY_DATA_DIR: folder },
    fetch: (request) => {
      calls++
      return sampleServer(request)
    }
  })
  return { code, stderr, calls }
}

it.skipIf(process.platform !== "linux")(
  "is asked only while its own process lives, not one with its number",
  async () => {
    write("keys.json", JSON.stringify({ admin_user: "root", admin_password: "correct horse" }))
    const identity = identityOf(process.pid)
    const [pid, start = ""] = identity.split(" ")
    running({ process: identity })
    expect((await asked()).code).toBe(0)
    for (const later of [`${pid} 1${start}`, `${pid} ${start.replace(/@.*/, "@another-boot")}`]) {
      running({ process: later })
      const refused = await asked()
      expect([refused.code, refused.calls]).toEqual([1, 0])
      expect(refused.stderr).toContain("isn't running")
    }
    // Files of earlier versions: the note beside the folder's lock tells.
    running({})
    expect((await asked()).calls).toBe(0)
    write("galaxy.lock", `${pid} ${start.replace(/@.*/, "")}`)
    expect((await asked()).code).toBe(0)
  }
)
