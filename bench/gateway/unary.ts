/** Signed unary calls: Galaxy's gateway beside a bare server of the same checks, in rounds that take turns. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { median } from "../measure.ts"
import { Load } from "./load.ts"
import type { Usage } from "./usage.ts"

const callsARound = 2_000
const rounds = 7

interface Server {
  readonly name: string
  readonly load: Load
  readonly usage: () => Promise<Usage>
}

/** Figures of one server: medians of the rounds. */
export interface Unary {
  readonly name: string
  readonly perSecond: number
  /** CPU time of the server a call, in microseconds. */
  readonly cpuMicros: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const programs: Array<ChildProcess> = []

const start = async (file: string, ...args: ReadonlyArray<string>): Promise<{ child: ChildProcess; port: number }> => {
  const child = fork(new URL(file, import.meta.url), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] })
  programs.push(child)
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  return { child, port }
}

const server = async (name: string, file: string, ...args: ReadonlyArray<string>): Promise<Server> => {
  const { child, port } = await start(file, ...args)
  if (file === "galaxy.ts") await ready(port)
  return {
    name,
    load: new Load(port),
    usage: async () => {
      child.send("usage")
      const [usage] = (await once(child, "message")) as [Usage]
      return usage
    }
  }
}

/** A gateway with a Redis that it has never seen trusts it only after the time that a request can come from the future. */
const ready = async (port: number): Promise<void> => {
  for (let asked = 0; asked < 600; asked++) {
    if ((await fetch(`http://127.0.0.1:${port}/readyz`)).ok) return
    await new Promise((done) => void setTimeout(done, 200))
  }
  throw new Error("the gateway doesn't become ready")
}

const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0

/** Needs the address of a Redis. */
export const unary = async (redisUrl: string): Promise<ReadonlyArray<Unary>> => {
  try {
    const backend = await start("backend.ts")
    const backendUrl = `http://127.0.0.1:${backend.port}`
    const servers = [
      await server("a bare Node server of the same checks", "peer.ts", backendUrl, redisUrl),
      await server("Galaxy's gateway", "galaxy.ts", backendUrl, redisUrl)
    ]
    for (const { load } of servers) await load.round(callsARound * 2)
    const figures = servers.map(({ name }) => ({ name, rate: [0], cpu: [0], p50: [0], p99: [0] }))
    for (const it of figures) for (const list of [it.rate, it.cpu, it.p50, it.p99]) list.pop()
    for (let round = 0; round < rounds; round++) {
      for (const [index, { load, usage }] of servers.entries()) {
        const before = await usage()
        const { seconds, latenciesMs } = await load.round(callsARound)
        const after = await usage()
        const own = figures[index]
        own?.rate.push(callsARound / seconds)
        own?.cpu.push((after.cpuMicros - before.cpuMicros) / callsARound)
        own?.p50.push(percentile(latenciesMs, 0.5))
        own?.p99.push(percentile(latenciesMs, 0.99))
      }
    }
    for (const { load } of servers) load.close()
    return figures.map(({ name, rate, cpu, p50, p99 }) => ({
      name,
      perSecond: median(rate),
      cpuMicros: median(cpu),
      p50Ms: median(p50),
      p99Ms: median(p99)
    }))
  } finally {
    for (const child of programs) child.kill()
  }
}
