/** The settings and the compose file of one machine of several. */
import { execFileSync } from "node:child_process"
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseEnv } from "node:util"
import { afterAll, describe, expect, it } from "vitest"
import { root } from "../../scripts/lib/tree.ts"
import { composeProgram } from "./Compose.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-machine-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
cpSync(join(root, "deploy/compose"), folder, { recursive: true })

const settings = (...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, [join(folder, "new-settings.mjs"), "0.1.0", ...args, "--folder", folder], {
    encoding: "utf8",
    stdio: "pipe"
  })
const read = (file: string): string => readFileSync(join(folder, file), "utf8")

describe("one machine of several", () => {
  it("has settings that name the others, and each machine's Docker by its address", () => {
    expect(() => settings("--machines", "10.0.0.1,10.0.0.2", "--trial")).toThrow(/neither --small nor --trial/)
    settings("--machines", "10.0.0.1,10.0.0.2")
    expect(parseEnv(read("gateway.env"))).toMatchObject({
      GATEWAY_BACKEND_HTTP_URL: "http://10.0.0.1:8081,http://10.0.0.2:8081",
      GATEWAY_BACKEND_GRPC_PUSH_URL: "http://10.0.0.1:8082,http://10.0.0.2:8082"
    })
    expect(parseEnv(read("backend.env"))).toMatchObject({ BACKEND_ENGINES: "docker", BACKEND_END_DELAY: "2s" })
    expect(JSON.parse(read("docker/hosts.json"))).toMatchObject([
      { name: "host-10-0-0-1", endpoint: "tcp://10.0.0.1:2376", reach: "published", address: "10.0.0.1" },
      { name: "host-10-0-0-2", endpoint: "tcp://10.0.0.2:2376", reach: "published", address: "10.0.0.2" }
    ])
  })

  const program = composeProgram()
  it.skipIf(program === undefined)("has a compose file that is understood once the machine has a name", () => {
    const [name = "", ...args] = program ?? []
    const config = () =>
      execFileSync(name, [...args, "--file", join(folder, "machine.yaml"), "config"], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe"
      })
    expect(config).toThrow(/MACHINE_ADDRESS|MACHINE_NAME/)
    appendFileSync(join(folder, ".env"), "MACHINE_NAME=a\nMACHINE_ADDRESS=10.0.0.1\n")
    const known = config()
    for (const text of ["BACKEND_CLUSTER_ADDR: 10.0.0.1:7070", "GATEWAY_CLIENT_ID: gateway-a"]) {
      expect(known).toContain(text)
    }
  })
})
