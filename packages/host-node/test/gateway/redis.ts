/** Redis for tests: the one of the environment, and one of our own that can be killed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { Redis } from "ioredis"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

/** The Redis that runs for tests. */
export const testUrl = process.env["GALAXY_TEST_REDIS_URL"]

export const hasServer = spawnSync("redis-server", ["--version"]).status === 0

if (testUrl === undefined) console.log("GALAXY_TEST_REDIS_URL isn't set: tests on a shared Redis are skipped")
if (!hasServer) console.log("there is no redis-server: tests that kill a Redis are skipped")

/** A Redis process, always on the same port. It keeps nothing but what a test has it save. */
export class OwnRedis {
  readonly port: number
  readonly url: string
  readonly #folder: string
  readonly #args: ReadonlyArray<string>
  #child: ChildProcess | undefined

  private constructor(port: number, folder: string, args: ReadonlyArray<string>) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}/0`
    this.#folder = folder
    this.#args = args
  }

  static async on(port: number, args: ReadonlyArray<string> = []): Promise<OwnRedis> {
    const redis = new OwnRedis(port, mkdtempSync(join(tmpdir(), "galaxy-redis-")), args)
    await redis.start()
    return redis
  }

  async start(): Promise<void> {
    const usual = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder]
    const args = [...usual, "--save", "", "--appendonly", "no", ...this.#args]
    const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      let said = ""
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes("Ready to accept connections")) resolve()
      })
      child.once("exit", (code, signal) => {
        reject(new Error(`redis-server ended with ${code ?? signal}:\n${said}`))
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

  /** One command of an operator, on a connection of its own. */
  async run(command: string, ...args: ReadonlyArray<string | number>): Promise<unknown> {
    const redis = new Redis(this.url, { lazyConnect: true, enableReadyCheck: false, maxRetriesPerRequest: 0 })
    try {
      await redis.connect()
      return await redis.call(command, ...args)
    } finally {
      redis.disconnect()
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export const redisWith = (...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => OwnRedis.on(await freePort(), args)),
    (redis) =>
      Effect.andThen(
        Effect.promise(() => redis.kill()),
        Effect.sync(() => redis.remove())
      )
  )

export const ownRedis = redisWith()

/** A port on which nobody listens. */
export const deadUrl = Effect.promise(async () => `redis://127.0.0.1:${await freePort()}/0`)
