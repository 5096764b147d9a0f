/** A gateway of several processes behind one port, as real processes on a real Redis, with any of them killed. */
import { Agent, get, type IncomingMessage, request } from "node:http"
import { connect, createServer, type AddressInfo } from "node:net"
import { once } from "node:events"
import { afterEach, assert, describe, it } from "vitest"
import { Process } from "../Process.ts"

const redis = process.env["GALAXY_TEST_REDIS_URL"]
if (redis === undefined) console.warn("skipped: several gateway processes (no Redis server)")

const running = new Set<Process>()
afterEach(async () => {
  await Promise.all([...running].map((it) => it.kill("SIGKILL")))
  running.clear()
})

const start = (more: Readonly<Record<string, string>> = {}): Process => {
  const made = new Process("processes/gateway", {
    GATEWAY_HTTP_ADDR: ":0",
    GATEWAY_PROCESSES: "2",
    GATEWAY_BACKEND_HTTP_URL: "http://127.0.0.1:1",
    GATEWAY_BACKEND_GRPC_PUSH_URL: "http://127.0.0.1:1",
    GATEWAY_REDIS_URL: redis ?? "",
    GATEWAY_SIGNING_KEY: Buffer.alloc(32, 2).toString("base64"),
    ...more
  })
  running.add(made)
  return made
}

interface Line {
  readonly message: string
  /** Absent in lines of the primary. */
  readonly process?: number
  readonly pid?: number
}

const linesOf = (it: Process): ReadonlyArray<Line> =>
  it.output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line)

const served = "a process of the gateway serves"

/** The newest process of this number. */
const pidOf = (it: Process, index: number): number =>
  linesOf(it).findLast((line) => line.message === served && line.process === index)?.pid ?? 0

const ready = async (it: Process) => {
  await it.until(/"gateway is ready"/)
  const [, port = ""] = await it.until(/"gateway listens".*"url":"http:\/\/127\.0\.0\.1:(\d+)"/)
  return Number(port)
}

/** A player at a loopback address, with one connection that is kept. */
class Player {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number
  readonly #address: string
  /** Connections that were lost. */
  lost = 0
  #open: unknown

  constructor(port: number, index: number) {
    this.#port = port
    this.#address = `127.0.0.${index + 2}`
  }

  /** The status of the probe, or what went wrong. */
  ask(): Promise<number | string> {
    return new Promise((answered) => {
      const options = { port: this.#port, host: "127.0.0.1", path: "/healthz", localAddress: this.#address }
      const asks = get({ ...options, agent: this.#agent, timeout: 10_000 }, (response) => {
        response.resume().once("end", () => answered(response.statusCode ?? 0))
      })
      asks.on("timeout", () => asks.destroy(new Error("no answer")))
      asks.on("error", (error) => answered(error.message))
      asks.once("socket", (socket) => {
        if (this.#open === socket) return
        this.#open = socket
        socket.once("close", () => {
          this.lost += 1
        })
      })
    })
  }

  leave(): void {
    this.#agent.destroy()
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const until = async (what: string, so: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 20_000
  while (!(await so())) {
    if (performance.now() > deadline) assert.fail(what)
    await new Promise((done) => void setTimeout(done, 20))
  }
}

const gone = (pids: ReadonlyArray<number>) => until("the processes end", () => !pids.some(isRunning))

describe.skipIf(redis === undefined)("a gateway of two processes", () => {
  it("serves one port, replaces a process that is killed, and ends in order", { timeout: 60_000 }, async () => {
    const gateway = start({ GATEWAY_ADMIN_HTTP_ADDR: ":0" })
    const port = await ready(gateway)
    const players = Array.from({ length: 32 }, (_, index) => new Player(port, index))
    const ask = () => Promise.all(players.map((it) => it.ask()))
    assert.deepStrictEqual(new Set(await ask()), new Set([200]))
    assert.strictEqual(linesOf(gateway).filter(({ message }) => message === "gateway is ready").length, 1)

    const [, metricsUrl = ""] = await gateway.until(/"metrics_url":"([^"]+)"/)
    const metrics = await (await fetch(metricsUrl)).text()
    const uptimes = [...metrics.matchAll(/^process_uptime_seconds\{process="(\d)"/gm)].map(([, index]) => index)
    assert.deepStrictEqual(uptimes, ["0", "1", "2"])
    assert.strictEqual(metrics.match(/^# TYPE process_uptime_seconds gauge$/gm)?.length, 1)

    const [first, second] = [pidOf(gateway, 1), pidOf(gateway, 2)]
    process.kill(first, "SIGKILL")
    await gateway.until(/"a process of the gateway has ended and is replaced".*"how":"was killed by SIGKILL"/)
    // Whoever has lost its connection is served by the other one, at the next attempt where it hadn't noticed yet.
    const again = (it: Player) => it.ask().then((status) => (status === 200 ? status : it.ask()))
    assert.deepStrictEqual(new Set(await Promise.all(players.map(again))), new Set([200]))
    // Each has its players; those of the other one have noticed nothing.
    const lost = players.filter((it) => it.lost > 0).length
    assert.isAbove(lost, 0)
    assert.isBelow(lost, players.length)
    await until("it is replaced", () => ![0, first].includes(pidOf(gateway, 1)))
    assert.strictEqual(pidOf(gateway, 2), second)

    // New connections of the same addresses come to the replacement again.
    const others = players.map((_, index) => new Player(port, index))
    assert.deepStrictEqual(new Set(await Promise.all(others.map((it) => it.ask()))), new Set([200]))
    process.kill(pidOf(gateway, 1), "SIGKILL")
    await until("the same are lost", () => others.filter((it) => it.lost > 0).length === lost)
    await until("it is replaced", () => linesOf(gateway).filter((it) => it.message === served).length === 4)
    for (const it of [...players, ...others]) it.leave()

    const pids = [pidOf(gateway, 1), pidOf(gateway, 2)]
    assert.deepStrictEqual(await gateway.kill("SIGTERM"), { code: 0, signal: null })
    await gone(pids)
    assert.notInclude(gateway.output, "cut short")
  })

  it("grants a client behind a proxy one budget, whichever processes its requests come to", {
    timeout: 60_000
  }, async () => {
    const burst = 200
    const gateway = start({ GATEWAY_TRUSTED_PROXIES: "127.0.0.0/8", GATEWAY_BUDGET_PUBLIC_IP: `${burst},0.01` })
    const port = await ready(gateway)
    /** How many requests on one connection were granted before one was refused. */
    const granted = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const path = "/api/v1/public/auth/send-email-code"
      for (let asked = 0; asked <= burst; asked++) {
        const asks = request({
          port,
          host: "127.0.0.1",
          path,
          method: "POST",
          agent,
          headers: { "x-forwarded-for": "192.0.2.1" }
        })
        const [response] = (await once(asks.end(), "response")) as [IncomingMessage]
        await once(response.resume(), "end")
        if (response.statusCode === 429) {
          agent.destroy()
          return asked
        }
        assert.strictEqual(response.statusCode, 415)
      }
      return assert.fail("nothing was refused")
    }
    assert.strictEqual(await granted(), burst)
    // The next connection comes to the other process, which knows most of it.
    const more = await granted()
    assert.isBelow(more, burst / 2)
    await gateway.kill("SIGTERM")
  })

  it("leaves no process behind when the primary is killed", { timeout: 60_000 }, async () => {
    const gateway = start()
    await ready(gateway)
    const pids = [pidOf(gateway, 1), pidOf(gateway, 2)]
    assert.isTrue(pids.every(isRunning))
    gateway.child.kill("SIGKILL")
    await gone(pids)
  })

  it("refuses to start with one line", { timeout: 60_000 }, async () => {
    const taken = createServer().listen(0, "127.0.0.1")
    await once(taken, "listening")
    const { port } = taken.address() as AddressInfo
    const lonely = start({ GATEWAY_REDIS_URL: "redis://127.0.0.1:1" })
    const late = start({ GATEWAY_HTTP_ADDR: `127.0.0.1:${port}` })
    const many = start({ GATEWAY_PROCESSES: "0", GATEWAY_TLS_CERT_PATH: "/nowhere" })
    const stopped = (it: Process) => it.output.split("\n").filter((line) => line !== "" && !line.startsWith("{"))
    assert.strictEqual((await lonely.ended).code, 1)
    assert.strictEqual(stopped(lonely).length, 2)
    assert.match(stopped(lonely)[0] ?? "", /^GATEWAY_REDIS_URL: Redis at 127\.0\.0\.1:1 can't be used/)
    assert.strictEqual((await late.ended).code, 1)
    assert.deepStrictEqual(stopped(late), [
      `Galaxy stopped: the address 127.0.0.1:${port} is in use by another program; stop it or set another address (--help lists the settings)`
    ])
    assert.strictEqual((await many.ended).code, 2)
    assert.include(many.output, "GATEWAY_PROCESSES: must be")
    taken.close()
  })

  it("reads whose a connection is before it chooses the process", { timeout: 60_000 }, async () => {
    const gateway = start({ GATEWAY_PROXY_PROTOCOL_NETWORKS: "127.0.0.0/8", GATEWAY_MAX_CONNECTIONS_PER_ADDRESS: "3" })
    const port = await ready(gateway)
    const asked = async (client: number, whole: boolean) => {
      const socket = connect({ port, host: "127.0.0.1" })
      const head = Buffer.from("0d0a0d0a000d0a515549540a2111000c0a0000007f00000112341234", "hex")
      head[19] = client
      const probe = Buffer.from("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
      if (whole) socket.write(Buffer.concat([head, probe]))
      else {
        socket.write(head)
        socket.write(probe)
      }
      const outcome = await Promise.race([
        once(socket, "data").then(([data]) => String(data).split("\r\n", 1)[0]),
        once(socket, "close").then(() => "closed")
      ])
      return { socket, outcome }
    }
    const open = []
    for (let client = 1; client <= 4; client++) {
      for (let at = 0; at < 3; at++) open.push(await asked(client, at > 0))
    }
    assert.deepStrictEqual(new Set(open.map((it) => it.outcome)), new Set(["HTTP/1.1 200 OK"]))
    // The bound of an address counts what it has at all processes, since it has all at one.
    for (let client = 1; client <= 4; client++) assert.strictEqual((await asked(client, true)).outcome, "closed")
    for (const { socket } of open) socket.destroy()
    assert.deepStrictEqual(await gateway.kill("SIGTERM"), { code: 0, signal: null })
  })
})
