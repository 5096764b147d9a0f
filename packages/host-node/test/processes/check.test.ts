import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ProcessName } from "@galaxy/host-node/config/help"
import { problemsOf } from "@galaxy/host-node/processes/check"
import { Effect } from "effect"
import { afterAll, assert, describe, it } from "vitest"
import { Process } from "./Process.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-check-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const key = Buffer.alloc(32, 1).toString("base64")
const backend = {
  BACKEND_POSTGRES_DSN: "postgres://galaxy:s3cret@127.0.0.1:1/galaxy",
  BACKEND_SECRET_KEY: key,
  BACKEND_SMTP_URL: "smtp://127.0.0.1:1",
  BACKEND_DATA_DIR: join(folder, "states"),
  BACKEND_GATEWAY_TOKEN: "a token"
}
const gateway = {
  GATEWAY_BACKEND_HTTP_URL: "http://127.0.0.1:1",
  GATEWAY_BACKEND_GRPC_PUSH_URL: "http://127.0.0.1:1",
  GATEWAY_BACKEND_TOKEN: "a token",
  GATEWAY_REDIS_URL: "redis://127.0.0.1:1",
  GATEWAY_SIGNING_KEY: key
}
const user = {
  USERSERVICE_POSTGRES_PRIMARY_DSN: backend.BACKEND_POSTGRES_DSN,
  USERSERVICE_REDIS_MASTER_ADDR: "127.0.0.1:1",
  USERSERVICE_REDIS_PASSWORD: "s3cret",
  USERSERVICE_INTERNAL_TOKEN: "a token"
}
const allInOne = { GALAXY_DATA_DIR: join(folder, "galaxy") }

const found = (name: ProcessName, environment: Readonly<Record<string, string>>) =>
  Effect.runPromise(problemsOf(name, environment))

describe("the check of a configuration", () => {
  it("finds nothing wrong with a good one, although nothing that it names can be reached, and makes nothing", async () => {
    for (const [name, environment] of [
      ["backend", backend],
      ["gateway", gateway],
      ["user", user],
      ["all-in-one", allInOne]
    ] as const) {
      assert.deepStrictEqual(await found(name, { ...backend, ...gateway, ...user, ...environment }), [], name)
    }
    assert.deepStrictEqual(readdirSync(folder), [])
  })

  it("names everything at once: values, names, contradictions and files", async () => {
    const file = join(folder, "file")
    writeFileSync(file, "not a database")
    const problems = await found("backend", {
      ...backend,
      BACKEND_HTPP_ADDR: ":1",
      BACKEND_GATEWAY_TOKEN: "",
      BACKEND_FRESHNESS_WINDOW: "soon",
      BACKEND_SECRET_KEY: "short",
      BACKEND_ADMIN_BOOTSTRAP_PASSWORD: "s3cret",
      BACKEND_SMTP_URL: "smtps://relay.test?tls=none",
      BACKEND_GEOIP_DB_PATH: file,
      BACKEND_ERASURE_LEDGER: folder,
      BACKEND_DATA_DIR: join(file, "states")
    })
    assert.deepStrictEqual(
      problems.map((it) => it.split(":", 1)[0]),
      [
        "BACKEND_SECRET_KEY",
        "BACKEND_HTPP_ADDR",
        "BACKEND_FRESHNESS_WINDOW",
        "BACKEND_GATEWAY_TOKEN",
        "BACKEND_ADMIN_BOOTSTRAP_PASSWORD",
        "BACKEND_GEOIP_DB_PATH",
        "BACKEND_ERASURE_LEDGER",
        "BACKEND_SMTP_URL",
        "BACKEND_DATA_DIR"
      ]
    )
    rmSync(file)
  })

  it("wants a folder for engines that are child processes, and hosts for those on Docker", async () => {
    const none = { ...backend, BACKEND_DATA_DIR: "" }
    assert.match((await found("backend", none)).join("\n"), /^BACKEND_DATA_DIR: must be set [^\n]*$/)
    const docker = { ...none, BACKEND_ENGINES: "docker" }
    assert.deepStrictEqual(
      (await found("backend", docker)).map((it) => it.split(":", 1)[0]),
      ["BACKEND_DOCKER_INSTALLATION", "BACKEND_DOCKER_HOSTS"]
    )
    const wrong = { ...docker, BACKEND_DOCKER_INSTALLATION: "My Galaxy", BACKEND_DOCKER_HOSTS: '[{ "name": "alpha" }]' }
    const problems = await found("backend", wrong)
    assert.match(
      problems.join("\n"),
      /^BACKEND_DOCKER_INSTALLATION: must have 1 to 16 [^\n]*\nBACKEND_DOCKER_HOSTS: host "alpha": endpoint /
    )
    assert.isTrue(problems.slice(1).every((it) => it.startsWith('BACKEND_DOCKER_HOSTS: host "alpha": ')))
    const host = { name: "alpha", endpoint: "unix:///var/run/docker.sock", reach: "bridge", engines: 10 }
    const good = { ...docker, BACKEND_DOCKER_INSTALLATION: "galaxy", BACKEND_DOCKER_HOSTS: JSON.stringify([host]) }
    assert.deepStrictEqual(await found("backend", good), [])
    // The image of the backend names a folder, which nothing is kept in.
    const file = join(folder, "no-folder")
    writeFileSync(file, "")
    assert.deepStrictEqual(await found("backend", { ...good, BACKEND_DATA_DIR: join(file, "states") }), [])
  })

  it("knows each process's own contradictions", async () => {
    const one = await found("all-in-one", { ...allInOne, GALAXY_MAIL_PAGE_ADDR: "0.0.0.0:1", GALAXY_LOG_FILE: folder })
    assert.match(one.join("\n"), /^GALAXY_MAIL_PAGE_ADDR: must be a loopback address\nGALAXY_LOG_FILE: .* is no file/)
    // Its own settings are wrong: still one process, which needs no token.
    assert.lengthOf(await found("all-in-one", { GALAXY_MAIL_PAGE_ADDR: "nowhere" }), 1)
    assert.match(
      (await found("user", { ...user, USERSERVICE_INTERNAL_TOKEN: "" })).join(),
      /USERSERVICE_INTERNAL_TOKEN/
    )
    const halfTls = await found("gateway", { ...gateway, GATEWAY_TLS_CERT_PATH: join(folder, "none.pem") })
    assert.match(halfTls.join("\n"), /set both or neither\nGATEWAY_TLS_CERT_PATH: the file .* does not exist/)
  })

  it("ends the process with 1 and a line for each problem, with 0 and one line if there is none", async () => {
    const good = new Process("processes/backend.ts", backend, ["--check"])
    const bad = new Process("processes/gateway.ts", { ...gateway, GATEWAY_SIGNING_KEY: "s3cret" }, ["--check"])
    assert.deepStrictEqual(await good.ended, { code: 0, signal: null })
    assert.strictEqual(good.output, "The configuration has no problems.\n")
    assert.deepStrictEqual(await bad.ended, { code: 1, signal: null })
    assert.match(bad.output, /^GATEWAY_SIGNING_KEY: must be .*\nOne problem; --help lists all settings\.\n$/)
    assert.notInclude(bad.output, "s3cret")
  })
})
