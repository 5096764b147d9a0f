/** The compose file of one machine of several, started: on a machine of its own, whose Docker daemon is reached over TLS. */
import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chown, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { parseEnv } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../../scripts/lib/tree.ts"
import { docker } from "../engines/docker.ts"
import { SecondHost, secondHostTrouble } from "../engines/SecondHost.ts"
import { testVersion } from "../images/names.ts"
import { platformImages } from "../images/platformImages.ts"
import { attempts } from "./attempts.ts"
import { env, hasCompose } from "./composed.ts"
import { composeProgram, registerEngine } from "./Compose.ts"
import { ready } from "./patience.ts"
import { playStory } from "./story.ts"

const trouble = hasCompose ? secondHostTrouble() : "no daemon, or no compose"
if (hasCompose && trouble !== undefined) console.warn(`skipped: one machine of several (${trouble})`)

const run = promisify(execFile)
const patienceMs = 240_000
const secret = () => randomBytes(24).toString("hex")

describe.skipIf(trouble !== undefined)("one machine of several", { timeout: 900_000 }, () => {
  let machine: SecondHost
  let folder = ""
  const [postgres, redis, mail, mailKey] = [secret(), secret(), secret(), secret()]

  /** Fills in what an operator has to choose. */
  const choose = async (file: string, values: Readonly<Record<string, string>>) => {
    const text = await readFile(join(folder, file), "utf8")
    const filled = text.replaceAll(/^([A-Z0-9_]+)=.*$/gm, (line, key: string) =>
      values[key] === undefined ? line : `${key}=${values[key]}`
    )
    await writeFile(join(folder, file), filled)
  }

  const compose = async (...args: ReadonlyArray<string>) => {
    const [name = "", ...more] = composeProgram() ?? []
    const all = [...more, "--project-name", "galaxy", "--file", join(folder, "machine.yaml"), ...args]
    const { stdout, stderr } = await run(name, all, {
      env: { ...env, DOCKER_HOST: machine.inside },
      cwd: folder,
      maxBuffer: 1e8
    })
    return stdout.trim() === "" ? stderr : stdout
  }

  /** What is elsewhere in production: here it is on the same machine, by its address. */
  const startServices = async (image: string, mailImage: string) => {
    const at = (port: number) => `${machine.address}:${port}:${port}`
    const start = (name: string, what: ReadonlyArray<string>) =>
      docker(machine.inside, "run", "--detach", "--init", "--name", name, ...what)
    const database = ["--env", "POSTGRES_USER=galaxy", "--env", `POSTGRES_PASSWORD=${postgres}`, "--shm-size", "256m"]
    const connections = ["-c", "max_connections=200"]
    await start("postgres", ["--publish", at(5432), ...database, image, "postgres", ...connections])
    await start("redis", ["--publish", at(6379), "--env", `REDIS_PASSWORD=${redis}`, image, "redis"])
    const secrets = ["--env", `MAIL_SMTP_PASSWORD=${mail}`, "--env", `MAIL_PAGE_KEY=${mailKey}`]
    await start("mail", ["--publish", at(1025), "--publish", at(8025), ...secrets, mailImage])
  }

  beforeAll(async () => {
    const images = await platformImages(env ?? {})
    machine = await SecondHost.start()
    const { backend, engine, gateway, mail: mailImage, services } = images
    await machine.load(env?.["DOCKER_HOST"] ?? "", backend, gateway, engine, services, mailImage)
    await startServices(services, mailImage)

    folder = await mkdtemp(join(tmpdir(), "galaxy-machine-"))
    await cp(join(root, "deploy/compose"), folder, { recursive: true })
    const prefix = images.node.slice(0, -`node:${testVersion}`.length)
    const { address } = machine
    const args = [testVersion, "--machines", address, "--images", prefix, "--folder", folder]
    await run(process.execPath, [join(folder, "new-settings.mjs"), ...args])
    await choose(".env", { MACHINE_NAME: "a", MACHINE_ADDRESS: address, LISTEN_GATEWAY_1: `${address}:8080` })
    await choose("backend.env", {
      BACKEND_POSTGRES_DSN: `postgres://galaxy:${postgres}@${address}:5432/galaxy`,
      BACKEND_SMTP_URL: `smtp://galaxy:${mail}@${address}:1025?tls=none`,
      BACKEND_SMTP_FROM: "galaxy@example.org",
      BACKEND_PUBLIC_URL: `http://${address}:8080`
    })
    await choose("gateway.env", {
      GATEWAY_ALLOWED_HOSTS: address,
      GATEWAY_REDIS_URL: `redis://:${redis}@${address}:6379`
    })
    const { ca, cert, key } = machine.tls
    for (const [name, text] of Object.entries({ "ca.pem": ca, "client.pem": cert, "client-key.pem": key })) {
      await writeFile(join(folder, "docker", name), text, { mode: 0o400 })
      await chown(join(folder, "docker", name), 1000, 1000)
    }
  }, 600_000)

  afterAll(async () => {
    await machine?.close()
    if (folder !== "") await rm(folder, { recursive: true, force: true })
  }, 180_000)

  it("is checked and started as the guide says, plays the demo's story, and goes on after a loss", async () => {
    const at = (port: number) => `http://${machine.address}:${port}`
    const addresses = { gateways: [at(8080), at(8080)] as const, backend: at(8081), mails: at(8025) }
    const adminPassword =
      parseEnv(await readFile(join(folder, "backend.env"), "utf8"))["BACKEND_ADMIN_BOOTSTRAP_PASSWORD"] ?? ""
    try {
      for (const service of ["backend", "gateway"]) await compose("run", "--rm", service, "--check")
      await compose("up", "--detach")
      for (const origin of [addresses.backend, addresses.gateways[0]]) await ready(`${origin}/readyz`, patienceMs)
      const { engine } = await platformImages(env ?? {})
      await registerEngine(addresses.backend, engine, adminPassword)
      expect(await playStory(addresses, { adminPassword, mailKey })).toContain("all as promised")

      // Its engines were containers on a network from which no listener of the backend is reached.
      // What the machine itself listens on is: there the daemon asks for a certificate.
      const ports = [2376, 8081, 8082, 7070]
      const program = attempts(ports.map((port) => [machine.address, port] as const))
      const place = ["--network", "galaxy-engines-published", "--entrypoint", "node", engine]
      const reached = await docker(machine.inside, "run", "--rm", ...place, "-e", program)
      const [daemon, ...listeners] = JSON.parse(reached) as ReadonlyArray<string>
      expect(daemon).toBe("connect")
      expect(listeners).toHaveLength(3)
      expect(listeners).not.toContain("connect")

      await compose("kill", "backend")
      await compose("up", "--detach")
      for (const origin of [addresses.backend, addresses.gateways[0]]) await ready(`${origin}/readyz`, patienceMs)
      expect(await playStory(addresses, { adminPassword, mailKey })).toContain("all as promised")
    } catch (error) {
      console.error(await compose("logs", "--no-color", "--tail=60").catch(String))
      console.error(await docker(machine.inside, "ps", "--all").catch(String))
      throw error
    }
  })
})
