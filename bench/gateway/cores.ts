/** Both cores: several processes behind one port, in each way that Node has, beside one process, and one with a thread for signatures. */
import { once } from "node:events"
import { median, percentile } from "../measure.ts"
import { connectAndCall, RawLoad } from "./cores/RawLoad.ts"
import type { Way } from "./cores/primary.ts"
import { ready, start, stopAll } from "./programs.ts"
import type { Usage } from "./usage.ts"

const callsARound = 1_500
const connectionsARound = 300

/** How connections meet the processes: from many addresses, as players come. */
const connections = 32
const inFlightEach = 4

interface Shape {
  readonly name: string
  readonly program: "peer.ts" | "galaxy.ts"
  readonly way?: Way
  readonly thread?: boolean
}

const shapes: ReadonlyArray<Shape> = [
  { name: "bare server, one process", program: "peer.ts" },
  { name: "  a thread for signatures", program: "peer.ts", thread: true },
  { name: "  two processes, round robin", program: "peer.ts", way: "round robin" },
  { name: "  two processes, shared socket", program: "peer.ts", way: "shared socket" },
  { name: "  two processes, SO_REUSEPORT", program: "peer.ts", way: "reuse port" },
  { name: "  two processes, by address", program: "peer.ts", way: "by address" },
  { name: "gateway, one process", program: "galaxy.ts" },
  { name: "  two processes, by address", program: "galaxy.ts", way: "by address" }
]

interface Running {
  readonly load: RawLoad
  readonly port: number
  readonly usages: () => Promise<ReadonlyArray<Usage>>
}

const run = async (shape: Shape, ...args: ReadonlyArray<string>): Promise<Running> => {
  const environment: Record<string, string> = shape.thread === true ? { BENCH_THREAD: "1" } : {}
  const { child, port } =
    shape.way === undefined
      ? await start(shape.program, { args, env: environment })
      : await start("cores/primary.ts", { args: [shape.way, "2", shape.program, ...args], env: environment })
  if (shape.program === "galaxy.ts") await ready(port)
  return {
    port,
    // Each process has the same load, so that each gathers as much into one write as it would alone.
    load: new RawLoad(port, shape.way === undefined ? connections : 2 * connections, inFlightEach),
    usages: async () => {
      child.send("usage")
      const [usage] = (await once(child, "message")) as [Usage | ReadonlyArray<Usage>]
      return "cpuMicros" in usage ? [usage] : usage
    }
  }
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((all, it) => all + it, 0)

/** Prints a table of medians. Needs the address of a Redis. */
export const cores = async (redisUrl: string, rounds: number): Promise<void> => {
  try {
    const backend = await start("backend.ts")
    const args = [`http://127.0.0.1:${backend.port}`, redisUrl]
    const servers = []
    for (const shape of shapes) servers.push({ shape, running: await run(shape, ...args) })
    const figures = shapes.map(() => ({
      rate: new Array<number>(),
      cpu: new Array<number>(),
      loop: new Array<number>(),
      p50: new Array<number>(),
      p99: new Array<number>(),
      share: new Array<number>(),
      connection: new Array<number>(),
      connectionRate: new Array<number>(),
      mebibytes: 0
    }))
    for (const { running } of servers) await running.load.round(callsARound)
    for (let round = 0; round < rounds; round++) {
      for (const [index, { running }] of servers.entries()) {
        const own = figures[index]
        if (own === undefined) continue
        const before = await running.usages()
        const { seconds, latenciesMs } = await running.load.round(callsARound)
        const after = await running.usages()
        const spent = after.map((it, at) => it.cpuMicros - (before[at]?.cpuMicros ?? 0))
        own.rate.push(callsARound / seconds)
        own.cpu.push(sum(spent) / callsARound)
        // The busiest event loop is the bound, or the cores are.
        own.loop.push(Math.max(...after.map((it, at) => it.loopMicros - (before[at]?.loopMicros ?? 0))) / callsARound)
        own.p50.push(percentile(latenciesMs, 0.5))
        own.p99.push(percentile(latenciesMs, 0.99))
        // Of a primary and its processes, the busiest of these.
        own.share.push(Math.max(...spent) / sum(spent))
        own.mebibytes = sum(after.map((it) => it.residentBytes)) / 1_048_576
        const took = await connectAndCall(running.port, connectionsARound, 16)
        const last = await running.usages()
        own.connectionRate.push(connectionsARound / took)
        own.connection.push(sum(last.map((it, at) => it.cpuMicros - (after[at]?.cpuMicros ?? 0))) / connectionsARound)
      }
    }
    const head = ["calls/s", "µs a call", "on 2 cores", "p50 ms", "p99 ms", "busiest", "µs a conn.", "conn./s", "MiB"]
    console.log(`${"".padEnd(32)}${head.map((it) => it.padStart(11)).join("")}`)
    for (const [index, it] of figures.entries()) {
      const values = [
        median(it.rate).toFixed(0),
        median(it.cpu).toFixed(0),
        Math.min(2_000_000 / median(it.cpu), 1_000_000 / median(it.loop)).toFixed(0),
        median(it.p50).toFixed(1),
        median(it.p99).toFixed(1),
        `${(median(it.share) * 100).toFixed(0)} %`,
        median(it.connection).toFixed(0),
        median(it.connectionRate).toFixed(0),
        it.mebibytes.toFixed(0)
      ]
      console.log(`${(shapes[index]?.name ?? "").padEnd(32)}${values.map((value) => value.padStart(11)).join("")}`)
    }
    for (const { running } of servers) running.load.close()
  } finally {
    stopAll()
  }
}
