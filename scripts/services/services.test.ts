import { spawn } from "node:child_process"
import { connect } from "node:net"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { findPostgres, findProgram } from "./executables.ts"
import { needs } from "./needs.ts"
import { startServices } from "./start.ts"

const available = findPostgres() !== undefined && findProgram("redis-server") !== undefined

const answers = (url: string): Promise<boolean> =>
  new Promise((done) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on("connect", () => {
      socket.destroy()
      done(true)
    })
    socket.on("error", () => done(false))
  })

const untilSilent = async (url: string): Promise<void> => {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (!(await answers(url))) return
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error(`${url} still answers`)
}

const redis = (url: string, ...commands: ReadonlyArray<string>): Promise<string> =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let received = ""
    socket.on("data", (chunk) => (received += chunk.toString()))
    socket.on("error", failed)
    socket.on("close", () => done(received))
    socket.end(commands.map((command) => `${command}\r\n`).join(""))
  })

describe.skipIf(!available)("test services", () => {
  it("serve on loopback behind a password until they are stopped", async () => {
    const { urls, stop } = await startServices(["postgres", "redis"])
    const [postgresUrl = "", redisUrl = ""] = [urls["postgres"], urls["redis"]]
    expect(postgresUrl).toMatch(/^postgres:\/\/galaxy:[0-9a-f]{32}@127\.0\.0\.1:\d+\/postgres$/)
    expect(await answers(postgresUrl)).toBe(true)
    expect(await redis(redisUrl, "PING", "QUIT")).toContain("NOAUTH")
    expect(await redis(redisUrl, `AUTH ${new URL(redisUrl).password}`, "PING", "QUIT")).toContain("+PONG")
    await stop()
    expect([await answers(postgresUrl), await answers(redisUrl)]).toEqual([false, false])
  })

  it("stop when the process that asked for them is killed", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "start.ts"))
    const caller = spawn(process.execPath, [
      "--input-type=module",
      "--eval",
      `const { startServices } = await import(${module})
      console.log((await startServices(["redis"])).urls.redis)
      setInterval(() => {}, 1000)`
    ])
    const url = await new Promise<string>((done) => caller.stdout.once("data", (line) => done(String(line).trim())))
    expect(await answers(url)).toBe(true)
    caller.kill("SIGKILL")
    await untilSilent(url)
  })

  it("say why one of them cannot be started, and leave none behind", async () => {
    await expect(startServices(["redis", "nothing"])).rejects.toThrow("there is no service nothing")
  })
})

describe("what tests need", () => {
  it("is taken from the environment where that names it", async () => {
    const before = process.env["GALAXY_TEST_REDIS_URL"]
    process.env["GALAXY_TEST_REDIS_URL"] = "redis://there"
    try {
      const need = needs.find(({ variable }) => variable === "GALAXY_TEST_REDIS_URL")
      expect(await need?.find()).toEqual({ at: "redis://there" })
    } finally {
      if (before === undefined) delete process.env["GALAXY_TEST_REDIS_URL"]
      else process.env["GALAXY_TEST_REDIS_URL"] = before
    }
  })
})
