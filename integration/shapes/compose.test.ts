/** The compose files: what they start plays the demo's story, and goes on after restarts. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { dockerForTests } from "../docker.ts"
import { platformImages } from "../images/platformImages.ts"
import { Compose, composeProgram } from "./Compose.ts"
import { ready } from "./patience.ts"
import { playStory } from "./story.ts"

const env = dockerForTests("the compose files")
const hasCompose = env !== undefined && composeProgram() !== undefined
if (env !== undefined && !hasCompose) {
  const line = "the compose files (neither docker-compose nor docker compose is installed)"
  if (process.env["GALAXY_REQUIRE_DOCKER"] === "1") throw new Error(`Docker is required: ${line}`)
  console.warn(`skipped: ${line}`)
}

/** For a machine that is busy with other things. */
const patienceMs = 180_000

const hardening = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}"

describe.skipIf(!hasCompose)("the compose files", { timeout: 600_000 }, () => {
  const started = async (file: "small.yaml" | "compose.yaml", use: (compose: Compose) => Promise<void>) => {
    const compose = await Compose.make(file, await platformImages(env ?? {}), env ?? {})
    try {
      await compose.run("up", "--detach")
      await use(compose)
    } catch (error) {
      console.error(await compose.logs().catch(String))
      throw error
    } finally {
      await compose.remove()
    }
  }

  const allReady = async (compose: Compose, backend: string) => {
    const addresses = await compose.addresses(backend)
    for (const origin of [...addresses.gateways, addresses.backend]) await ready(`${origin}/readyz`, patienceMs)
    return addresses
  }

  const isHardened = async (compose: Compose) => {
    const containers = (await compose.run("ps", "-q")).trim().split("\n")
    const inspect = ["inspect", "--format", hardening, ...containers]
    const { stdout } = await promisify(execFile)("docker", inspect, { env: env ?? {} })
    for (const line of stdout.trim().split("\n")) {
      expect(line).toMatch(/^true \[ALL\] \[no-new-privileges:true\] 1000:1000$/)
    }
  }

  it("start a platform on one machine that plays the demo's story", () =>
    started("small.yaml", async (compose) => {
      const addresses = await allReady(compose, "backend")
      await isHardened(compose)
      expect(await playStory(addresses, await compose.secrets())).toContain("all as promised")
      expect(await (await fetch(`${addresses.gateways[1]}/`)).text()).toContain("<!doctype html>")

      // The same containers on the same volumes: what is stored there is read again.
      await compose.run("restart", "--timeout", "20", "postgres", "backend")
      const after = await allReady(compose, "backend")
      expect(await playStory(after, await compose.secrets())).toContain("all as promised")
    }))

  it("start two backends whose engines are containers, and go on with one of them", () =>
    started("compose.yaml", async (compose) => {
      const { engine } = await platformImages(env ?? {})
      const addresses = await allReady(compose, "backend-1")
      await isHardened(compose)
      await compose.registerEngine(addresses.backend, engine)
      expect(await playStory(addresses, await compose.secrets())).toContain("all as promised")

      const second = await allReady(compose, "backend-2")
      await compose.run("kill", "backend-1")
      expect(await playStory(second, await compose.secrets())).toContain("all as promised")
    }))
})
