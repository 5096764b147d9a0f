/** A platform that is started by one of the compose files in `deploy/compose`, as an operator tries it. */
import { execFile, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { appendFile, cp, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { root } from "../../scripts/lib/tree.ts"
import type { PlatformImages } from "../images/names.ts"
import { testVersion } from "../images/names.ts"
import type { Addresses, Secrets } from "./story.ts"

const run = promisify(execFile)

/** The program with its first arguments: compose 1 as Debian has it, or compose 2. Undefined if there is neither. */
export const composeProgram = (): readonly [string, ...ReadonlyArray<string>] | undefined => {
  const programs = [["docker-compose"], ["docker", "compose"]] as const
  return programs.find(([name, ...args]) => spawnSync(name, [...args, "version"]).status === 0)
}

/** Ports of this machine that Docker chooses. */
const freePorts = `
LISTEN_GATEWAY_1=127.0.0.1:
LISTEN_GATEWAY_2=127.0.0.1:
LISTEN_BACKEND_1=127.0.0.1:
LISTEN_BACKEND_2=127.0.0.1:
TRIAL_MAIL_PAGE=127.0.0.1:
`

/** What an operator does once: names the engine's image to the platform whose backend is at this origin. */
export const registerEngine = async (backend: string, image: string, adminPassword: string): Promise<void> => {
  const credentials = Buffer.from(`root:${adminPassword}`).toString("base64")
  const { status } = await fetch(`${backend}/api/v1/admin/engine-versions`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}`, "content-type": "application/json" },
    body: JSON.stringify({ version: testVersion, image_ref: image })
  })
  if (status >= 300) throw new Error(`the engine's version was refused with ${status}`)
}

export class Compose {
  readonly project = `galaxy-test-${randomBytes(4).toString("hex")}`
  readonly #program: readonly [string, ...ReadonlyArray<string>]
  readonly #folder: string
  readonly #file: string
  readonly #env: NodeJS.ProcessEnv
  /** Of the platform on its Docker hosts, for engines in containers. */
  readonly #name: string

  private constructor(
    program: readonly [string, ...ReadonlyArray<string>],
    folder: string,
    file: string,
    env: NodeJS.ProcessEnv,
    name: string
  ) {
    this.#name = name
    this.#program = program
    this.#folder = folder
    this.#file = file
    this.#env = env
  }

  /** Makes the settings of a platform to be tried with these images; nothing is started. */
  static async make(file: "small.yaml" | "compose.yaml", images: PlatformImages, env: NodeJS.ProcessEnv) {
    const program = composeProgram()
    if (program === undefined) throw new Error("neither docker-compose nor docker compose is installed")
    const folder = await mkdtemp(join(tmpdir(), "galaxy-compose-"))
    await cp(join(root, "deploy/compose"), folder, { recursive: true })
    const prefix = images.node.slice(0, -`node:${testVersion}`.length)
    const name = `t${randomBytes(4).toString("hex")}`
    const socket = (env["DOCKER_HOST"] ?? "").replace(/^unix:\/\//, "")
    const shape = file === "small.yaml" ? ["--small"] : ["--name", name, "--socket", socket]
    const args = [testVersion, ...shape, "--trial", "--images", prefix, "--folder", folder]
    await run(process.execPath, [join(folder, "new-settings.mjs"), ...args])
    await appendFile(join(folder, ".env"), freePorts)
    return new Compose(program, folder, file, env, name)
  }

  /** Runs a command of compose and returns its output. */
  async run(...args: ReadonlyArray<string>): Promise<string> {
    const [name, ...more] = this.#program
    const all = [...more, "--project-name", this.project, "--file", join(this.#folder, this.#file), ...args]
    const { stdout, stderr } = await run(name, all, { env: this.#env, cwd: this.#folder, maxBuffer: 1e8 })
    return stdout.trim() === "" ? stderr : stdout
  }

  async #originOf(service: string, port: number): Promise<string> {
    return `http://${(await this.run("port", service, String(port))).trim()}`
  }

  /** Where it can be reached from this machine, while it runs. */
  async addresses(backend: string): Promise<Addresses> {
    return {
      gateways: [await this.#originOf("gateway-1", 8080), await this.#originOf("gateway-2", 8080)],
      backend: await this.#originOf(backend, 8081),
      mails: await this.#originOf("mail", 8025)
    }
  }

  async secrets(): Promise<Secrets> {
    const valueOf = async (file: string, name: string) =>
      new RegExp(`^${name}=(.*)$`, "m").exec(await readFile(join(this.#folder, file), "utf8"))?.[1] ?? ""
    return {
      adminPassword: await valueOf("backend.env", "BACKEND_ADMIN_BOOTSTRAP_PASSWORD"),
      mailKey: await valueOf(".env", "TRIAL_MAIL_KEY")
    }
  }

  /** See `registerEngine`. */
  async registerEngine(backend: string, image: string): Promise<void> {
    await registerEngine(backend, image, (await this.secrets()).adminPassword)
  }

  /** What a program of Node prints that runs where engines do. */
  async besideEngines(image: string, program: string): Promise<string> {
    const place = ["run", "--rm", "--read-only", "--network", `${this.#name}-engines`, "--entrypoint", "node"]
    return (await run("docker", [...place, image, "-e", program], { env: this.#env, timeout: 120_000 })).stdout
  }

  /** A container's address on the network of the engines. */
  async addressAmongEngines(service: string): Promise<string> {
    const [id = ""] = (await this.run("ps", "-q", service)).trim().split("\n")
    const format = `{{(index .NetworkSettings.Networks "${this.#name}-engines").IPAddress}}`
    return (await run("docker", ["inspect", "--format", format, id], { env: this.#env })).stdout.trim()
  }

  /** The last lines of every container's log. */
  logs(): Promise<string> {
    return this.run("logs", "--no-color", "--tail=60")
  }

  /** Removes everything that it made. */
  async remove(): Promise<void> {
    await this.run("kill").catch(() => undefined)
    const engines = ["ps", "--all", "--quiet", "--filter", `label=galaxy.installation=${this.#name}`]
    const { stdout } = await run("docker", engines, { env: this.#env })
    // They are on its network.
    const containers = stdout.split("\n").filter((it) => it !== "")
    if (containers.length > 0) await run("docker", ["rm", "--force", "--volumes", ...containers], { env: this.#env })
    await this.run("down", "--volumes", "--timeout", "1")
    await rm(this.#folder, { recursive: true, force: true })
  }
}
