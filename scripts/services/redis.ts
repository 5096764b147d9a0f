/** A throw-away Redis on loopback, in memory alone, with a random password. */
import { randomBytes } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { launch, onFreePort, type Service } from "./process.ts"

export const startRedis = async (program: string, parent: string): Promise<Service> => {
  const folder = join(parent, "redis")
  const password = randomBytes(16).toString("hex")
  mkdirSync(folder, { mode: 0o700 })
  return onFreePort(async (port) => {
    const config = join(folder, "redis.conf")
    const lines = [
      "bind 127.0.0.1",
      `port ${port}`,
      `dir ${folder}`,
      `requirepass ${password}`,
      'save ""',
      "appendonly no"
    ]
    writeFileSync(config, `${lines.join("\n")}\n`, { mode: 0o600 })
    const stop = await launch({
      name: "Redis",
      command: program,
      args: [config],
      identity: {},
      ready: /Ready to accept connections/,
      stopSignal: "SIGTERM"
    })
    return { url: `redis://:${password}@127.0.0.1:${port}/0`, stop }
  })
}
