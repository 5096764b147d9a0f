/** Settings that are set for nothing are named, with what would give them an effect. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ProcessName } from "@galaxy/host-node/config/help"
import { valuesAsFarAsValid } from "@galaxy/host-node/processes/check"
import { idleSettings } from "@galaxy/host-node/processes/idleSettings"
import { afterAll, assert, describe, it } from "vitest"
import { Process } from "./Process.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-idle-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const idle = (name: ProcessName, environment: Readonly<Record<string, string>>) =>
  idleSettings(name, environment, valuesAsFarAsValid(name, environment))

/** The names that each line begins with. */
const names = (lines: ReadonlyArray<string>) => lines.map((it) => it.split(":", 1)[0])

const host = (name: string) => ({ name, endpoint: `unix:///run/${name}.sock`, reach: "bridge", engines: 10 })
const docker = (...hosts: ReadonlyArray<string>) => ({
  BACKEND_ENGINES: "docker",
  BACKEND_DOCKER_INSTALLATION: "galaxy",
  BACKEND_DOCKER_HOSTS: JSON.stringify(hosts.map(host))
})

describe("settings without an effect", () => {
  it("are none where all of them have one, and never those of other processes", () => {
    const both = { GATEWAY_REDIS_SENTINELS: "10.0.0.1:26379", GATEWAY_REDIS_SENTINEL_MASTER: "galaxy" }
    assert.deepStrictEqual(idle("gateway", { ...both, ...docker("a"), BACKEND_ENGINE_MAX: "3" }), [])
    assert.deepStrictEqual(idle("backend", { ...docker("a"), GATEWAY_REDIS_SENTINEL_MASTER: "galaxy" }), [])
    assert.deepStrictEqual(idle("backend", { BACKEND_ENGINE_MAX: "3", BACKEND_DATA_DIR: folder }), [])
    // An empty one isn't set.
    assert.deepStrictEqual(idle("backend", { BACKEND_DOCKER_HOSTS: "" }), [])
    assert.deepStrictEqual(idle("all-in-one", { BACKEND_ENGINE_MAX: "3", BACKEND_GATEWAY_TOKEN: "t" }), [])
  })

  it("about Docker, without it", () => {
    const { BACKEND_ENGINES: _, ...others } = docker("a")
    assert.deepStrictEqual(
      idle("backend", { ...others, BACKEND_DOCKER_PULL: "true", BACKEND_ENGINES: "child-process" }),
      [
        "BACKEND_DOCKER_INSTALLATION, BACKEND_DOCKER_HOSTS, BACKEND_DOCKER_PULL: no effect without BACKEND_ENGINES=docker: engines are this backend's children"
      ]
    )
  })

  it("about child processes, with Docker", () => {
    const some = { BACKEND_ENGINE_MAX: "3", BACKEND_ENGINE_HEAP_BASE: "64", BACKEND_HOST_ID: "one" }
    assert.deepStrictEqual(names(idle("backend", { ...docker("a"), ...some })), [
      "BACKEND_ENGINE_MAX, BACKEND_ENGINE_HEAP_BASE, BACKEND_HOST_ID"
    ])
    // The image of the backend names a folder, in which nothing is.
    const dataDir = { ...docker("a"), BACKEND_DATA_DIR: folder }
    assert.deepStrictEqual(idle("backend", dataDir), [])
    mkdirSync(join(folder, "games", "one"), { recursive: true })
    assert.match(
      idle("backend", dataDir).join("\n"),
      /^BACKEND_DATA_DIR: no effect .* states of a game are in it[^\n]*$/
    )
    rmSync(join(folder, "games"), { recursive: true })
  })

  it("is the state in folders where games could move", () => {
    const state = { BACKEND_ENGINE_STATE: "folder" }
    assert.deepStrictEqual(names(idle("backend", { ...docker("a", "b"), ...state })), ["BACKEND_ENGINE_STATE"])
    const cluster = { BACKEND_CLUSTER_ADDR: "127.0.0.1:7070", BACKEND_DATA_DIR: folder }
    assert.deepStrictEqual(names(idle("backend", { ...cluster, ...state })), ["BACKEND_ENGINE_STATE"])
    assert.deepStrictEqual(idle("backend", { ...docker("a"), ...state }), [])
    assert.deepStrictEqual(idle("backend", cluster), [])
  })

  it("is what a stricter or a shorter one overrules", () => {
    const overruled = {
      BACKEND_TRUSTED_NETWORK: "true",
      BACKEND_GATEWAY_TOKEN: "s3cret",
      BACKEND_ADMIN_BOOTSTRAP_USER: "root",
      BACKEND_ACCESS_LOG_PER_SECOND: "9",
      BACKEND_NOTIFICATION_RETENTION: "90d",
      BACKEND_DELETED_ACCOUNT_RETENTION: "7d"
    }
    const lines = idle("backend", overruled)
    assert.deepStrictEqual(names(lines), [
      "BACKEND_TRUSTED_NETWORK",
      "BACKEND_ADMIN_BOOTSTRAP_USER",
      "BACKEND_ACCESS_LOG_PER_SECOND",
      "BACKEND_NOTIFICATION_RETENTION"
    ])
    assert.notInclude(lines.join(), "s3cret")
    assert.deepStrictEqual(idle("backend", { ...overruled, BACKEND_ACCESS_LOG: "all" }).length, 3)
    const both = { BACKEND_ADMIN_BOOTSTRAP_USER: "root", BACKEND_ADMIN_BOOTSTRAP_PASSWORD: "s3cret" }
    assert.deepStrictEqual(idle("backend", both), [])
  })

  it("of a gateway: about Sentinels without any, and lists that name different backends", () => {
    assert.deepStrictEqual(
      idle("gateway", { GATEWAY_REDIS_SENTINEL_PASSWORD: "s3cret", GATEWAY_REDIS_SENTINEL_TLS: "true" }),
      ["GATEWAY_REDIS_SENTINEL_PASSWORD, GATEWAY_REDIS_SENTINEL_TLS: no effect without GATEWAY_REDIS_SENTINELS"]
    )
    const lists = { GATEWAY_BACKEND_HTTP_URL: "http://a:1,http://b:1", GATEWAY_BACKEND_GRPC_PUSH_URL: "http://a:2" }
    assert.match(
      idle("gateway", lists).join("\n"),
      /^GATEWAY_BACKEND_HTTP_URL, .*the first names 2 and the second 1; [^\n]*$/
    )
  })

  it("of separate processes, in one process", () => {
    assert.deepStrictEqual(names(idle("all-in-one", { BACKEND_POSTGRES_DSN: "x", GATEWAY_REDIS_URL: "redis://x" })), [
      "BACKEND_POSTGRES_DSN, GATEWAY_REDIS_URL"
    ])
  })

  it("are told by --check, and are no problem", async () => {
    const check = new Process(
      "processes/backend.ts",
      {
        BACKEND_POSTGRES_DSN: "postgres://galaxy@127.0.0.1:1/galaxy",
        BACKEND_SECRET_KEY: Buffer.alloc(32, 1).toString("base64"),
        BACKEND_SMTP_URL: "smtp://127.0.0.1:1",
        BACKEND_DATA_DIR: folder,
        BACKEND_GATEWAY_TOKEN: "a token",
        BACKEND_DOCKER_PULL: "true"
      },
      ["--check"]
    )
    assert.deepStrictEqual(await check.ended, { code: 0, signal: null })
    assert.match(check.output, /Warning: BACKEND_DOCKER_PULL: no effect without BACKEND_ENGINES=docker: .*\.\n/)
    assert.include(check.output, "The configuration has no problems.\n")
  })
})
