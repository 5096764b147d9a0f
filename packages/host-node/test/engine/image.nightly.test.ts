/** The engine's image: what is in its build context, and, where there is Docker, containers of two versions. */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { initBody } from "./EngineProcess.ts"

const dockerHost = process.env["GALAXY_TEST_DOCKER_HOST"]
if (dockerHost === undefined) console.warn("skipped: the engine's image (GALAXY_TEST_DOCKER_HOST names no daemon)")

const run = promisify(execFile)
const deploy = fileURLToPath(new URL("../../../../deploy/engine", import.meta.url))

/** As a stranger's shell has it: without this repository's export condition. */
const token = randomUUID()
const env = {
  ...process.env,
  NODE_OPTIONS: "",
  GALAXY_ENGINE_TOKEN: token,
  ...(dockerHost && { DOCKER_HOST: dockerHost })
}

const recipe = (name: string, ...args: ReadonlyArray<string>) =>
  run(process.execPath, [join(deploy, name), ...args], { env, maxBuffer: 1e8 })

const proof = { authorization: `Bearer ${token}` }

const post = (origin: string, path: string, body: unknown) =>
  fetch(`${origin}/api/v1/admin/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...proof },
    body: JSON.stringify(body)
  }).then((it) => it.json() as Promise<unknown>)

const get = (origin: string, path: string) =>
  fetch(`${origin}${path}`, { headers: proof }).then((it) => it.json() as Promise<unknown>)

describe("the context of the engine's image", () => {
  let folder = ""
  let context = ""
  let engine: ChildProcess | undefined

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "galaxy-image-test-"))
    context = join(folder, "context")
    await recipe("build.mjs", "1.2.3", "--context", context)
  }, 480_000)

  afterAll(async () => {
    engine?.kill("SIGKILL")
    await rm(folder, { recursive: true })
  })

  const healthcheck = (address: string) =>
    run(process.execPath, [join(context, "app/healthcheck.mjs")], {
      env: { PATH: process.env["PATH"], GALAXY_ENGINE_ADDR: address }
    }).then(
      () => "healthy",
      () => "unhealthy"
    )

  it("holds what the engine needs, and nothing of the rest of the platform's libraries", async () => {
    expect((await readdir(context)).toSorted()).toEqual(["Containerfile", "app", "state"])
    expect(await readdir(join(context, "state"))).toEqual([])
    expect((await readdir(join(context, "app/node_modules"))).toSorted()).toEqual([
      "@effect",
      "@galaxy",
      "effect",
      "undici",
      "ws"
    ])
    expect((await readdir(join(context, "app/node_modules/@galaxy"))).toSorted()).toEqual([
      "contract",
      "core",
      "edge",
      "engine",
      "host-node"
    ])
    const files = await readdir(join(context, "app"), { recursive: true })
    expect(files.filter((path) => /\.(ts|map)$/.test(path))).toEqual([])
  })

  it("is enough to run the engine by", async () => {
    const main = join(context, "app/node_modules/@galaxy/host-node/dist/engine/main.js")
    const child = spawn(process.execPath, [main], {
      cwd: folder,
      env: {
        GALAXY_STATE_DIR: join(folder, "state"),
        GALAXY_ENGINE_VERSION: "1.2.3",
        GALAXY_ENGINE_TOKEN: token,
        // What sends telemetry is loaded only where it is wanted.
        OTEL_TRACES_EXPORTER: "otlp"
      },
      stdio: ["ignore", "pipe", "inherit"]
    })
    engine = child
    const [line] = await once(child.stdout, "data")
    const { port } = JSON.parse(String(line)) as { readonly port: number }
    expect(await get(`http://127.0.0.1:${port}`, "/healthz")).toEqual({ status: "ok", version: "1.2.3" })
    expect(await healthcheck(`0.0.0.0:${port}`)).toBe("healthy")
    child.kill("SIGTERM")
    await once(child, "close")
    expect(await healthcheck(`0.0.0.0:${port}`)).toBe("unhealthy")
  })

  it("is made for versions as the registry has them alone", async () => {
    for (const args of [[], ["1.2"], ["v1.2.3"], ["1.2.3", "1.2.4"], ["1.2.3", "--tags", "x"]]) {
      await expect(recipe("build.mjs", ...args)).rejects.toMatchObject({ code: 2 })
    }
  })
})

describe.skipIf(dockerHost === undefined)("containers of the engine's image", { timeout: 480_000 }, () => {
  const name = `galaxy-test-${randomUUID().slice(0, 8)}`
  const base = `${name}-base:24`
  const versions = ["1.2.3", "1.3.0"]
  const tagOf = (version: string) => `${name}:${version}`
  const docker = async (...args: ReadonlyArray<string>) => (await run("docker", args, { env })).stdout.trim()

  const inspect = async (what: string) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- Docker's own form
    (JSON.parse(await docker("inspect", what)) as ReadonlyArray<any>)[0]

  const hardened = "--read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 64 --memory 256m".split(
    " "
  )
  const watched = "--publish 127.0.0.1::8080 --health-interval 200ms".split(" ")

  const start = (version: string, volume: string, ...more: ReadonlyArray<string>) => {
    const own = ["--label", name, "--volume", `${name}-${volume}:/state`, "--env", "GALAXY_ENGINE_TOKEN"]
    return docker("run", "--detach", ...own, ...hardened, ...watched, ...more, tagOf(version))
  }

  /** The origin of a container, once Docker calls it healthy. */
  const healthy = async (container: string) => {
    for (let attempt = 0; attempt < 600; attempt++) {
      const { Running, Health } = (await inspect(container)).State
      if (Health.Status === "healthy") return `http://${await docker("port", container, "8080/tcp")}`
      if (Running !== true) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const { stderr } = await run("docker", ["logs", container], { env })
    throw new Error(`the container is not healthy: ${stderr}`)
  }

  beforeAll(async () => {
    await recipe("base.mjs", "--tag", base)
    for (const version of versions) await recipe("build.mjs", version, "--tag", tagOf(version), "--base", base)
  }, 480_000)

  afterAll(async () => {
    const containers = await docker("ps", "--all", "--quiet", "--filter", `label=${name}`)
    if (containers !== "") await docker("rm", "--force", ...containers.split("\n"))
    const volumes = await docker("volume", "ls", "--quiet", "--filter", `name=${name}`)
    if (volumes !== "") await docker("volume", "rm", ...volumes.split("\n"))
    await docker("rmi", ...versions.map(tagOf), base)
  }, 480_000)

  it("say their version in the label and in the environment, and run as nobody special", async () => {
    for (const version of versions) {
      const { Config } = await inspect(tagOf(version))
      expect(Config.Labels).toMatchObject({
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": expect.stringMatching(/^([0-9a-f]{40}|unknown)$/),
        "org.opencontainers.image.licenses": "Apache-2.0"
      })
      expect(Config.Env).toContain(`GALAXY_ENGINE_VERSION=${version}`)
      expect(Config.User).toBe("1000:1000")
      expect(Config.Volumes).toEqual({ "/state": {} })
      expect(Config.Healthcheck.Test).toEqual(["CMD", "node", "/app/healthcheck.mjs"])
    }
  })

  it("run side by side, each with its version and its game, on a file system that can't be written to", async () => {
    const containers = await Promise.all(versions.map((version) => start(version, version)))
    const origins = await Promise.all(containers.map(healthy))
    for (const [index, origin] of origins.entries()) {
      expect(await get(origin, "/healthz")).toEqual({ status: "ok", version: versions[index] })
      const game_id = randomUUID()
      expect(await post(origin, "init", { ...initBody, game_id })).toMatchObject({ game_id, turn: 0 })
      expect(await post(origin, "turn", { turn: 1 })).toMatchObject({ game_id, turn: 1 })
    }
  })

  it("end when told to, survive a kill, and hand their state to a newer version", async () => {
    const first = await start("1.2.3", "moving")
    const begun = await healthy(first)
    await post(begun, "init", initBody)
    const made = await post(begun, "turn", { turn: 1 })
    await docker("kill", "--signal", "KILL", first)
    await docker("start", first)
    expect(await get(await healthy(first), "/api/v1/admin/status")).toEqual(made)
    await docker("stop", first)
    expect((await inspect(first)).State.ExitCode).toBe(0)

    const origin = await healthy(await start("1.3.0", "moving"))
    expect(await get(origin, "/healthz")).toEqual({ status: "ok", version: "1.3.0" })
    expect(await get(origin, "/api/v1/admin/status")).toEqual(made)
    expect(await post(origin, "turn", { turn: 2 })).toMatchObject({ turn: 2 })
  })

  it("take the version that the platform tells them", async () => {
    const origin = await healthy(await start("1.2.3", "told", "--env", "GALAXY_ENGINE_VERSION=1.2.4"))
    expect(await get(origin, "/healthz")).toEqual({ status: "ok", version: "1.2.4" })
  })
})
