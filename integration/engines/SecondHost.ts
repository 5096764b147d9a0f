/**
 * A second Docker host: a daemon of its own in a network namespace of its own, reached over a link that can be cut. Needs
 * root. Its containerd is a process beside it, so that killing the daemon is what it is on a real machine.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { DockerEndpoint, DockerTls } from "@galaxy/host-node/engine-host/docker/DockerEndpoint"
import { type Certificates, makeCertificates } from "./certificates.ts"
import { docker } from "./docker.ts"

const sh = (file: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

/** Why there can be no second host here; undefined if there can. */
export const secondHostTrouble = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "root on Linux is needed"
  const name = `galaxy-t${randomInt(1e6)}`
  try {
    for (const program of ["dockerd", "containerd", "nsenter", "openssl"]) sh("which", program)
    sh("ip", "netns", "add", name)
    sh("ip", "netns", "del", name)
    return undefined
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "") : "network namespaces are needed"
  }
}

const patience = 120_000

/** Waits for a condition, up to two minutes. */
const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + patience
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${patience / 1_000} s`)
    await sleep(100)
  }
}

/** A daemon, its namespace and its link. `close` ends and removes all of it. */
export class SecondHost {
  readonly #id = randomInt(1e6)
  readonly #folder = mkdtempSync(join(tmpdir(), "gd-"))
  readonly #subnet = `10.${randomInt(200, 250)}.${randomInt(256)}`
  readonly #certificates: Certificates
  #containerd: ChildProcess | undefined
  #dockerd: ChildProcess | undefined

  /** Where engines are published, on this host's end of the link. */
  readonly address = `${this.#subnet}.2`
  /** `DOCKER_HOST` for tests that look at the host while its link is cut. */
  readonly inside = `unix://${this.#folder}/docker.sock`

  private constructor() {
    this.#certificates = makeCertificates(this.#folder, this.address)
  }

  /** A running one. */
  static async start(): Promise<SecondHost> {
    const host = new SecondHost()
    try {
      host.#connect()
      await host.#startContainerd()
      await host.startDaemon()
      return host
    } catch (error) {
      await host.close()
      throw error
    }
  }

  /** This machine's address on the link. */
  get neighbour(): string {
    return `${this.#subnet}.1`
  }

  /** What a backend needs to be let in. */
  get tls(): DockerTls {
    return this.#certificates.client
  }

  get endpoint(): DockerEndpoint {
    return { host: this.address, port: 2376, tls: this.#certificates.client }
  }

  get #namespace(): string {
    return `galaxy-t${this.#id}`
  }

  get #link(): string {
    return `gt${this.#id}`
  }

  #connect(): void {
    const [outer, inner, ns] = [this.#link, `${this.#link}i`, this.#namespace]
    sh("ip", "netns", "add", ns)
    sh("ip", "link", "add", outer, "type", "veth", "peer", "name", inner)
    sh("ip", "link", "set", inner, "netns", ns)
    sh("ip", "addr", "add", `${this.neighbour}/24`, "dev", outer)
    sh("ip", "link", "set", outer, "up")
    sh("ip", "-n", ns, "addr", "add", `${this.address}/24`, "dev", inner)
    sh("ip", "-n", ns, "link", "set", inner, "up")
    sh("ip", "-n", ns, "link", "set", "lo", "up")
  }

  /** Cuts the link, or mends it. */
  setLink(isUp: boolean): void {
    sh("ip", "link", "set", this.#link, isUp ? "up" : "down")
  }

  #spawn(log: string, file: string, ...args: ReadonlyArray<string>): ChildProcess {
    const to = openSync(join(this.#folder, log), "a")
    const command = [`--net=/run/netns/${this.#namespace}`, "--", file, ...args]
    return spawn("nsenter", command, { stdio: ["ignore", to, to], detached: true })
  }

  async #startContainerd(): Promise<void> {
    const at = (name: string) => join(this.#folder, name)
    writeFileSync(
      at("containerd.toml"),
      `version = 2\nroot = "${at("croot")}"\nstate = "${at("cstate")}"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n` +
        `[grpc]\naddress = "${at("c.sock")}"\n`
    )
    this.#containerd = this.#spawn("containerd.log", "containerd", "-c", at("containerd.toml"))
    await until("containerd answers", () => {
      try {
        sh("test", "-S", at("c.sock"))
        return true
      } catch {
        return false
      }
    })
  }

  /** Starts the daemon, again after `killDaemon`. */
  async startDaemon(): Promise<void> {
    const at = (name: string) => join(this.#folder, name)
    rmSync(at("docker.pid"), { force: true })
    const { ca, serverCert, serverKey } = this.#certificates
    this.#dockerd = this.#spawn(
      "dockerd.log",
      "dockerd",
      `--data-root=${at("data")}`,
      `--exec-root=${at("exec")}`,
      `--pidfile=${at("docker.pid")}`,
      `--containerd=${at("c.sock")}`,
      `--host=${this.inside}`,
      `--host=tcp://${this.address}:2376`,
      "--tlsverify",
      `--tlscacert=${ca}`,
      `--tlscert=${serverCert}`,
      `--tlskey=${serverKey}`
    )
    await until("dockerd answers", () =>
      docker(this.inside, "version").then(
        () => true,
        () => false
      )
    )
  }

  async #end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
    if (child?.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await until("a daemon ends", () => child.exitCode !== null || child.signalCode !== null)
  }

  /** Ends the daemon as a power cut of it alone would: its containers run on without it. */
  async killDaemon(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#end(this.#dockerd, signal)
  }

  /** Images of another daemon, copied. */
  async load(from: string, ...images: ReadonlyArray<string>): Promise<void> {
    const file = join(this.#folder, "image.tar")
    await docker(from, "save", "--output", file, ...images)
    await docker(this.inside, "load", "--input", file)
    rmSync(file)
  }

  async close(): Promise<void> {
    const ids = await docker(this.inside, "ps", "--all", "--quiet").catch(() => "")
    if (ids !== "") await docker(this.inside, "rm", "--force", "--volumes", ...ids.split("\n")).catch(() => "")
    await this.#end(this.#dockerd, "SIGTERM")
    await this.#end(this.#containerd, "SIGTERM")
    for (const args of [
      ["link", "del", this.#link],
      ["netns", "del", this.#namespace]
    ]) {
      try {
        sh("ip", ...args)
      } catch {
        // It hasn't come that far.
      }
    }
    // What a daemon that was killed has left mounted.
    const mounts = sh("cat", "/proc/mounts")
      .split("\n")
      .flatMap((line) => line.split(" ")[1] ?? [])
      .filter((path) => path.startsWith(`${this.#folder}/`))
    for (const path of mounts.toReversed()) {
      try {
        sh("umount", "--lazy", path)
      } catch {
        // Gone with another one.
      }
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
