/** What tests of the compose files have in common: a platform that a file starts, and how its containers are kept in. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect } from "vitest"
import { dockerForTests } from "../docker.ts"
import { platformImages } from "../images/platformImages.ts"
import { Compose, composeProgram } from "./Compose.ts"
import { ready } from "./patience.ts"

/** See `dockerForTests`. */
export const env = dockerForTests("the compose files")
/** Whether the files can be started here. */
export const hasCompose = env !== undefined && composeProgram() !== undefined
if (env !== undefined && !hasCompose) {
  const line = "the compose files (neither docker-compose nor docker compose is installed)"
  if (process.env["GALAXY_REQUIRE_DOCKER"] === "1") throw new Error(`Docker is required: ${line}`)
  console.warn(`skipped: ${line}`)
}

/** For a machine that is busy with other things. */
const patienceMs = 180_000

const hardening = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}"

/** Starts the file and removes everything afterwards. After a failure the containers' logs are printed. */
export const started = async (file: "small.yaml" | "compose.yaml", use: (compose: Compose) => Promise<void>) => {
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

/** The addresses, once both gateways and the backend are ready. */
export const allReady = async (compose: Compose, backend: string) => {
  const addresses = await compose.addresses(backend)
  for (const origin of [...addresses.gateways, addresses.backend]) await ready(`${origin}/readyz`, patienceMs)
  return addresses
}

/** No container may do more than it needs. */
export const isHardened = async (compose: Compose) => {
  const containers = (await compose.run("ps", "-q")).trim().split("\n")
  const inspect = ["inspect", "--format", hardening, ...containers]
  const { stdout } = await promisify(execFile)("docker", inspect, { env: env ?? {} })
  for (const line of stdout.trim().split("\n")) {
    expect(line).toMatch(/^true \[ALL\] \[no-new-privileges:true\] 1000:1000$/)
  }
}
