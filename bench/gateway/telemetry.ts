/**
 * What telemetry costs a signed call: gateways without it, with metrics, with everything, and with lines for each call, in rounds
 * that take turns.
 *
 * Of each round only the share of the CPU time of the two gateways without counts, so that what else the machine does hits all
 * alike.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { median } from "../measure.ts"
import { Load } from "./load.ts"
import type { Usage } from "./usage.ts"

const callsARound = 1_000
/** Calls until compilers are done with what runs: before, what has more code seems slower than it stays. */
const warmUpCalls = 8_000
const rounds = 25

/** Unless a name says otherwise, refused calls have a line of the log, as by default. */
const shapes = [
  { name: "without telemetry", mode: "off" },
  { name: "without telemetry, another process", mode: "off" },
  { name: "no exporters", mode: "defaults" },
  { name: "metrics", mode: "metrics" },
  { name: "metrics and all traces", mode: "traces" },
  { name: "metrics, all traces, and logs", mode: "all" },
  { name: "  with lines for all calls, 50 a second", mode: "all, lines for all" },
  { name: "  with lines for all calls, unbounded", mode: "all, lines without bound" }
] as const

const programs: Array<ChildProcess> = []

const start = async (file: string, ...args: ReadonlyArray<string>) => {
  const child = fork(new URL(file, import.meta.url), args, { stdio: ["ignore", "ignore", "inherit", "ipc"] })
  programs.push(child)
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  return { child, url: `http://127.0.0.1:${port}`, port }
}

/** A gateway with a Redis that it has never seen trusts it only after the time that a request can come from the future. */
const ready = async (url: string): Promise<void> => {
  for (let asked = 0; asked < 600; asked++) {
    if ((await fetch(`${url}/readyz`)).ok) return
    await new Promise((done) => void setTimeout(done, 200))
  }
  throw new Error("the gateway doesn't become ready")
}

const cpuOf = async (child: ChildProcess): Promise<number> => {
  child.send("usage")
  const [{ cpuMicros }] = (await once(child, "message")) as [Usage]
  return cpuMicros
}

/** Prints the table. Needs the address of a Redis. */
export const telemetry = async (redisUrl: string): Promise<void> => {
  try {
    const backend = await start("backend.ts")
    const collector = await start("collector.ts")
    const gateways = []
    for (const { name, mode } of shapes) {
      const { child, url, port } = await start("galaxy.ts", backend.url, redisUrl, mode, collector.url)
      await ready(url)
      const load = new Load(port, "gRPC")
      await load.round(warmUpCalls)
      gateways.push({ name, child, load, micros: new Array<number>() })
    }
    for (let round = 0; round < rounds; round++) {
      for (const { child, load, micros } of gateways) {
        const before = await cpuOf(child)
        await load.round(callsARound)
        micros.push(((await cpuOf(child)) - before) / callsARound)
      }
    }
    console.log(
      `Signed calls, 128 in flight, medians of ${rounds} rounds: CPU time a call, and how much more than the first two have`
    )
    const [first, second] = gateways
    const without = (round: number) => ((first?.micros[round] ?? 0) + (second?.micros[round] ?? 0)) / 2
    for (const { name, load, micros } of gateways) {
      const more = median(micros.map((it, round) => it / without(round))) - 1
      console.log(`  ${name.padEnd(42)} ${median(micros).toFixed(0)} µs  ${(more * 100).toFixed(1)} %`)
      load.close()
    }
  } finally {
    for (const child of programs) child.kill()
  }
}
