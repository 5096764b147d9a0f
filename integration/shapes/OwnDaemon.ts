/**
 * A Docker daemon for one test alone, in a network of its own: what it does to bridges and packet filters, such as becoming a
 * swarm, nobody else sees. Needs root, `dockerd` and `ip`.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { createWriteStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { eventually } from "./patience.ts"

const run = promisify(execFile)

export class OwnDaemon {
  /** Where what it publishes is reached. */
  readonly address: string
  readonly #folder: string
  readonly #name: string
  readonly #child: ChildProcess

  private constructor(folder: string, name: string, address: string, child: ChildProcess) {
    this.#folder = folder
    this.#name = name
    this.address = address
    this.#child = child
  }

  /** The environment by which Docker's tools find it. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: `unix://${this.#folder}/docker.sock` }
  }

  static async start(): Promise<OwnDaemon> {
    const number = randomInt(1, 250)
    const name = `galaxy-t${number}`
    const [outside, inside] = [`10.79.${number}.1`, `10.79.${number}.2`]
    const folder = await mkdtemp(join(tmpdir(), "galaxy-daemon-"))
    const ip = (...args: ReadonlyArray<string>) => run("ip", args)
    await ip("netns", "add", name)
    await ip("link", "add", `${name}o`, "type", "veth", "peer", "name", `${name}i`)
    await ip("link", "set", `${name}i`, "netns", name)
    await ip("addr", "add", `${outside}/24`, "dev", `${name}o`)
    await ip("link", "set", `${name}o`, "up")
    await ip("-n", name, "addr", "add", `${inside}/24`, "dev", `${name}i`)
    await ip("-n", name, "link", "set", `${name}i`, "up")
    await ip("-n", name, "link", "set", "lo", "up")
    const log = createWriteStream(join(folder, "log"))
    // Without a default route: looking for an image that isn't there fails at once.
    const child = spawn(
      "nsenter",
      [
        `--net=/run/netns/${name}`,
        "dockerd",
        `--data-root=${join(folder, "data")}`,
        `--exec-root=${join(folder, "exec")}`,
        `--pidfile=${join(folder, "docker.pid")}`,
        `--host=unix://${folder}/docker.sock`
      ],
      { stdio: ["ignore", "pipe", "pipe"] }
    )
    child.stdout.pipe(log)
    child.stderr.pipe(log)
    const daemon = new OwnDaemon(folder, name, inside, child)
    try {
      await eventually("the start of dockerd", 60_000, () => daemon.docker("version"))
    } catch (error) {
      await daemon.stop()
      throw error
    }
    return daemon
  }

  /** Runs a command of Docker's and returns its output. */
  async docker(...args: ReadonlyArray<string>): Promise<string> {
    const { stdout } = await run("docker", args, { env: this.env, maxBuffer: 1e8, timeout: 120_000 })
    return stdout.trim()
  }

  /** Copies images from another daemon. */
  async copyImages(names: ReadonlyArray<string>, from: NodeJS.ProcessEnv): Promise<void> {
    const save = spawn("docker", ["save", ...names], { env: from, stdio: ["ignore", "pipe", "inherit"] })
    const load = spawn("docker", ["load"], { env: this.env, stdio: ["pipe", "ignore", "inherit"] })
    save.stdout.pipe(load.stdin)
    const ended = (child: ChildProcess) =>
      new Promise<void>((done, failed) => {
        child.on("error", failed)
        child.on("close", (code) => (code === 0 ? done() : failed(new Error(`docker ended with ${code}`))))
      })
    await Promise.all([ended(save), ended(load)])
  }

  /** Ends it with all of its containers, and removes everything of it. */
  async stop(): Promise<void> {
    await this.docker("swarm", "leave", "--force").catch(() => undefined)
    const containers = await this.docker("ps", "--all", "--quiet").catch(() => "")
    // Their processes outlive the daemon.
    if (containers !== "") await this.docker("rm", "--force", ...containers.split("\n")).catch(() => undefined)
    if (this.#child.exitCode === null) {
      const ended = new Promise((done) => this.#child.once("close", done))
      this.#child.kill("SIGTERM")
      const force = setTimeout(() => this.#child.kill("SIGKILL"), 30_000)
      await ended
      clearTimeout(force)
    }
    await run("ip", ["netns", "del", this.#name]).catch(() => undefined)
    await run("ip", ["link", "del", `${this.#name}o`]).catch(() => undefined)
    await run("umount", [`${this.#folder}/exec/netns/default`]).catch(() => undefined)
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
