/**
 * What telemetry costs a signed call: gateways without it, with metrics, with everything, and with lines for each call, in rounds
 * that take turns.
 *
 * Of each round only the share of the CPU time of the two gateways without counts, so that what else the machine does hits all
 * alike.
 */
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { median } from "../measure.ts"
import { Load } from "./load.ts"
import { ready, type Started, start, stopAll } from "./programs.ts"
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

const urlOf = ({ port }: Started) => `http://127.0.0.1:${port}`

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
      const { child, port } = await start("galaxy.ts", { args: [urlOf(backend), redisUrl, mode, urlOf(collector)] })
      await ready(port)
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
    stopAll()
  }
}
