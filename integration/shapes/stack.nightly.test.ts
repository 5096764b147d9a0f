/** The Swarm stack, on one node: it plays the demo's story, and its gateways are replaced by an update. */
import { execFile, spawnSync } from "node:child_process"
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { parseEnv } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../../scripts/lib/tree.ts"
import { dockerForTests } from "../docker.ts"
import { testVersion } from "../images/names.ts"
import { platformImages } from "../images/platformImages.ts"
import { OwnDaemon } from "./OwnDaemon.ts"
import { ready } from "./patience.ts"
import { playStory } from "./story.ts"

const env = dockerForTests("the Swarm stack")
const can =
  env !== undefined &&
  process.getuid?.() === 0 &&
  ["ip", "dockerd", "nsenter"].every((name) => spawnSync(name, ["--version"]).error === undefined)
if (env !== undefined && !can) {
  const line = "the Swarm stack (a daemon of its own needs root, dockerd, nsenter and ip)"
  if (process.env["GALAXY_REQUIRE_DOCKER"] === "1") throw new Error(`Docker is required: ${line}`)
  console.warn(`skipped: ${line}`)
}

const run = promisify(execFile)
const patienceMs = 180_000

describe.skipIf(!can)("the Swarm stack", { timeout: 900_000 }, () => {
  let daemon: OwnDaemon
  let folder = ""
  let settings: NodeJS.Dict<string> = {}

  const deploy = (...more: ReadonlyArray<string>) =>
    run(
      "docker",
      ["stack", "deploy", "--resolve-image", "never", "-c", "stack.yaml", "-c", "trial.yaml", ...more, "galaxy"],
      {
        cwd: join(folder, "swarm"),
        // One node has room for one gateway.
        env: { ...daemon.env, ...settings, GATEWAYS: "1" }
      }
    )

  beforeAll(async () => {
    const images = await platformImages(env ?? {})
    daemon = await OwnDaemon.start()
    const { backend, gateway, mail, services } = images
    await daemon.copyImages([backend, gateway, mail, services], env ?? {})
    await daemon.docker("swarm", "init", "--advertise-addr", daemon.address, "--listen-addr", `${daemon.address}:2377`)
    const node = await daemon.docker("node", "ls", "--quiet")
    await daemon.docker("node", "update", "--label-add", "galaxy.backend=true", node)

    folder = await mkdtemp(join(tmpdir(), "galaxy-stack-"))
    for (const name of ["compose", "swarm"])
      await cp(join(root, "deploy", name), join(folder, name), { recursive: true })
    const compose = join(folder, "compose")
    const prefix = images.node.slice(0, -`node:${testVersion}`.length)
    const args = [testVersion, "--small", "--trial", "--images", prefix, "--folder", compose]
    await run(process.execPath, [join(compose, "new-settings.mjs"), ...args])
    const gatewayFile = join(compose, "gateway.env")
    const hosts = /^GATEWAY_ALLOWED_HOSTS=.*$/m
    await writeFile(
      gatewayFile,
      (await readFile(gatewayFile, "utf8")).replace(hosts, `GATEWAY_ALLOWED_HOSTS=${daemon.address}`)
    )
    settings = parseEnv(await readFile(join(compose, ".env"), "utf8"))
  }, 600_000)

  afterAll(async () => {
    await daemon?.stop()
    if (folder !== "") await rm(folder, { recursive: true, force: true })
  }, 180_000)

  it("plays the demo's story, before and after its gateway was replaced", async () => {
    const at = (port: number) => `http://${daemon.address}:${port}`
    const secretsFile = await readFile(join(folder, "compose/backend.env"), "utf8")
    const secrets = {
      adminPassword: parseEnv(secretsFile)["BACKEND_ADMIN_BOOTSTRAP_PASSWORD"] ?? "",
      mailKey: settings["TRIAL_MAIL_KEY"] ?? ""
    }
    const addresses = { gateways: [at(8080), at(8080)] as const, backend: at(8081), mails: at(8025) }
    try {
      await deploy()
      for (const origin of [addresses.backend, addresses.gateways[0]]) await ready(`${origin}/readyz`, patienceMs)
      expect(await playStory(addresses, secrets)).toContain("all as promised")

      const tasks = () =>
        daemon.docker("service", "ps", "--quiet", "--filter", "desired-state=running", "galaxy_gateway")
      const before = await tasks()
      await daemon.docker("service", "update", "--quiet", "--force", "galaxy_gateway")
      await ready(`${addresses.gateways[0]}/readyz`, patienceMs)
      expect(await tasks()).not.toBe(before)
      expect(await playStory(addresses, secrets)).toContain("all as promised")
    } catch (error) {
      for (const name of ["backend", "gateway", "postgres", "redis", "mail"]) {
        console.error(await daemon.docker("service", "logs", "--tail", "20", `galaxy_${name}`).catch(String))
        console.error(await daemon.docker("service", "ps", "--no-trunc", `galaxy_${name}`).catch(String))
      }
      throw error
    }
  })

  it("keeps its settings out of what Docker shows", async () => {
    const shown = await daemon.docker("service", "inspect", "galaxy_backend", "galaxy_gateway")
    expect(shown).toContain("galaxy.env")
    expect(shown).not.toContain("BACKEND_SECRET_KEY")
    expect(shown).not.toContain("GATEWAY_SIGNING_KEY")
  })
})
