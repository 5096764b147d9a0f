/** A master, a replica and three Sentinels that watch them, for tests: all on this machine, all of the test's own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { SentinelOptions } from "@galaxy/host-node/gateway/redis/Sentinels"
import { Effect, Redacted, type Scope } from "effect"
import { Redis } from "ioredis"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"
import { type OwnRedis, redisWith } from "./redis.ts"

const masterName = "galaxy"

/** How long a master may be silent before it counts as down, in milliseconds. */
export const downAfterMs = 1_000

/** A Sentinel; it writes what it learns into its own configuration. */
const sentinel = (master: number, quorum: number, password: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const port = await freePort()
      const folder = mkdtempSync(join(tmpdir(), "galaxy-sentinel-"))
      const file = join(folder, "sentinel.conf")
      writeFileSync(
        file,
        [
          `port ${port}`,
          "bind 127.0.0.1",
          `dir ${folder}`,
          `requirepass ${password}`,
          `sentinel sentinel-pass ${password}`,
          `sentinel monitor ${masterName} 127.0.0.1 ${master} ${quorum}`,
          `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
          `sentinel failover-timeout ${masterName} 10000`,
          ""
        ].join("\n")
      )
      const child: ChildProcess = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" })
      return { port, folder, child }
    }),
    ({ child, folder }) =>
      Effect.promise(async () => {
        if (child.exitCode === null && child.signalCode === null) {
          const ended = once(child, "exit")
          child.kill("SIGKILL")
          await ended
        }
        rmSync(folder, { recursive: true, force: true })
      })
  )

const asked = async (port: number, password: string, ...words: ReadonlyArray<string>): Promise<unknown> => {
  const redis = new Redis({
    port,
    host: "127.0.0.1",
    password,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null
  })
  redis.on("error", () => undefined)
  try {
    await redis.connect()
    return await redis.call("SENTINEL", ...words)
  } finally {
    redis.disconnect()
  }
}

export interface Watched {
  readonly master: OwnRedis
  readonly replica: OwnRedis
  readonly sentinels: SentinelOptions
  /** Port of the master, as the Sentinels see it. */
  readonly masterPort: Effect.Effect<number>
}

const fieldsOf = (answer: unknown): Record<string, string> => {
  const all: Record<string, string> = {}
  const list = answer as ReadonlyArray<string>
  for (let at = 0; at + 1 < list.length; at += 2) all[list[at] ?? ""] = list[at + 1] ?? ""
  return all
}

/** Is there once every Sentinel knows the replica and the others. */
export const watched: Effect.Effect<Watched, never, Scope.Scope> = Effect.gen(function* () {
  const password = "of-the-sentinels"
  const quick = ["--repl-diskless-sync-delay", "0"]
  const master = yield* redisWith(...quick)
  const replica = yield* redisWith(...quick, "--replicaof", "127.0.0.1", `${master.port}`)
  const three = yield* Effect.forEach([1, 2, 3], () => sentinel(master.port, 2, password))
  const knowsAll = (port: number) =>
    Effect.promise(async () => {
      try {
        const found = fieldsOf(await asked(port, password, "MASTER", masterName))
        return found["num-slaves"] === "1" && found["num-other-sentinels"] === "2" && found["flags"] === "master"
      } catch {
        return false
      }
    })
  for (const { port } of three) {
    while (!(yield* knowsAll(port))) yield* Effect.sleep("50 millis")
  }
  const first = three[0]?.port ?? 0
  return {
    master,
    replica,
    sentinels: {
      addresses: three.map(({ port }) => ({ host: "127.0.0.1", port })),
      master: masterName,
      password: Redacted.make(password)
    },
    masterPort: Effect.promise(async () => {
      const answer = (await asked(first, password, "get-master-addr-by-name", masterName)) as ReadonlyArray<string>
      return Number(answer[1])
    })
  }
})
