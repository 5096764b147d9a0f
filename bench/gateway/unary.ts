/**
 * Signed unary calls: Galaxy's gateway beside a bare server of the same checks, in rounds that take turns, in each form in which
 * clients come; at full load and at half of it.
 */
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { median, percentile } from "../measure.ts"
import { signaturesMicros } from "./floor.ts"
import { Load, type Protocol, protocols } from "./load.ts"
import { ready, type Started, start, stopAll } from "./programs.ts"
import type { Usage } from "./usage.ts"

const callsARound = 1_000
const rounds = 11
const halfRounds = 5

interface Server {
  readonly name: string
  readonly load: Load
  readonly usage: () => Promise<Usage>
}

/** Figures of one server in one form: medians of the rounds. */
interface Figures {
  readonly name: string
  readonly perSecond: number
  /** CPU time of the server a call, in microseconds. */
  readonly cpuMicros: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** At half of the load that the slower of the two bears. */
  readonly halfP99Ms: number
}

const serverOf = (name: string, { child, port }: Started, protocol: Protocol): Server => ({
  name,
  load: new Load(port, protocol),
  usage: async () => {
    child.send("usage")
    const [usage] = (await once(child, "message")) as [Usage]
    return usage
  }
})

/** Both servers take turns, so that whatever else the machine does hits both. */
const compared = async (servers: ReadonlyArray<Server>): Promise<ReadonlyArray<Figures>> => {
  const lists = () => servers.map(() => new Array<number>())
  const [rate, cpu, p50, p99, half] = [lists(), lists(), lists(), lists(), lists()]
  for (const { load } of servers) await load.round(callsARound * 2)
  for (let round = 0; round < rounds; round++) {
    for (const [index, { load, usage }] of servers.entries()) {
      const before = await usage()
      const { seconds, latenciesMs } = await load.round(callsARound)
      const after = await usage()
      rate[index]?.push(callsARound / seconds)
      cpu[index]?.push((after.cpuMicros - before.cpuMicros) / callsARound)
      p50[index]?.push(percentile(latenciesMs, 0.5))
      p99[index]?.push(percentile(latenciesMs, 0.99))
    }
  }
  const halfLoad = Math.min(...rate.map(median)) / 2
  for (let round = 0; round < halfRounds; round++) {
    for (const [index, { load }] of servers.entries()) {
      const { latenciesMs } = await load.round(callsARound, halfLoad)
      half[index]?.push(percentile(latenciesMs, 0.99))
    }
  }
  return servers.map(({ name }, index) => ({
    name,
    perSecond: median(rate[index] ?? []),
    cpuMicros: median(cpu[index] ?? []),
    p50Ms: median(p50[index] ?? []),
    p99Ms: median(p99[index] ?? []),
    halfP99Ms: median(half[index] ?? [])
  }))
}

const print = (protocol: Protocol, place: string, figures: ReadonlyArray<Figures>): void => {
  const [peer] = figures
  console.log(`${protocol}, ${place}`)
  for (const it of figures) {
    const ratio = ((peer?.cpuMicros ?? 1) / it.cpuMicros).toFixed(2)
    const [rate, cpu, p50, p99, half] = [it.perSecond, it.cpuMicros, it.p50Ms, it.p99Ms, it.halfP99Ms].map((value) =>
      value.toFixed(0).padStart(5)
    )
    console.log(
      `  ${it.name.padEnd(24)} ${rate}/s ${cpu} µs (${ratio})  p50 ${p50} ms, p99 ${p99}, at half load ${half}`
    )
  }
}

const hasTaskset = (): boolean => spawnSync("taskset", ["-c", "0", "true"]).status === 0

/** Prints the tables. Needs the address of a Redis. */
export const unary = async (redisUrl: string): Promise<void> => {
  try {
    console.log(
      `Signed calls, 128 in flight, medians of ${rounds} rounds. CPU time of the server a call, and in brackets how ` +
        `much of the gateway's the bare server needs. The gateway's metrics are on. Signatures alone: ${signaturesMicros().toFixed(0)} µs.`
    )
    const backend = await start("backend.ts")
    const collector = `http://127.0.0.1:${(await start("collector.ts")).port}`
    const args = [`http://127.0.0.1:${backend.port}`, redisUrl]
    for (const isPinned of hasTaskset() ? [false, true] : [false]) {
      const peer = await start("peer.ts", { args, isPinned })
      const http1Peer = await start("peer.ts", { args, isPinned, env: { BENCH_HTTP1: "1" } })
      const gateway = await start("galaxy.ts", { args: [...args, "metrics", collector], isPinned })
      await ready(gateway.port)
      for (const protocol of protocols) {
        const bare = protocol === "Connect over HTTP/1.1" ? http1Peer : peer
        const servers = [serverOf("a bare Node server", bare, protocol), serverOf("the gateway", gateway, protocol)]
        print(protocol, isPinned ? "servers on one core" : "on all cores", await compared(servers))
        for (const { load } of servers) load.close()
      }
      for (const { child } of [peer, http1Peer, gateway]) child.disconnect()
    }
  } finally {
    stopAll()
  }
}
