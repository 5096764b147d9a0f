/** Redis for tests: the one of the environment, and one of our own that can be killed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { Effect } from "effect"

/** The Redis that runs for tests. */
export const testUrl = process.env["GALAXY_TEST_REDIS_URL"]

export const hasServer = spawnSync("redis-server", ["--version"]).status === 0

if (testUrl === undefined) console.log("GALAXY_TEST_REDIS_URL isn't set: tests on a shared Redis are skipped")
if (!hasServer) console.log("there is no redis-server: tests that kill a Redis are skipped")

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

/** A Redis process that keeps nothing, always on the same port. */
export class OwnRedis {
  readonly port: number
  readonly url: string
  #child: ChildProcess | undefined

  private constructor(port: number) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}/0`
  }

  static async on(port: number): Promise<OwnRedis> {
    const redis = new OwnRedis(port)
    await redis.start()
    return redis
  }

  async start(): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      let said = ""
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes("Ready to accept connections")) resolve()
      })
      child.once("exit", (code) => {
        reject(new Error(`redis-server ended with ${code}:\n${said}`))
      })
    })
  }

  /** Stops answering without closing anything. */
  freeze(): void {
    this.#child?.kill("SIGSTOP")
  }

  thaw(): void {
    this.#child?.kill("SIGCONT")
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }
}

export const ownRedis = Effect.acquireRelease(
  Effect.promise(async () => OwnRedis.on(await freePort())),
  (redis) => Effect.promise(() => redis.kill())
)

/** A port on which nobody listens. */
export const deadUrl = Effect.promise(async () => `redis://127.0.0.1:${await freePort()}/0`)
