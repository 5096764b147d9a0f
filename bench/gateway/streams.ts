/**
 * Event streams: Galaxy's gateway beside a bare server that signs and writes the same, in rounds that take turns. Each stream
 * has its own connection, from many loopback addresses. Gateway, backend and subscribers are programs of their own, and new
 * ones in every round, because memory once taken isn't given back.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { median, percentile } from "../measure.ts"
import { ready } from "./programs.ts"
import type { Ask, Told } from "./streamsBackend.ts"
import type { Done, Order } from "./streamsLoad.ts"
import type { Usage } from "./usage.ts"

/** Streams that are opened at the same time. */
const inFlight = 128
const fanOuts = 3
const singles = 300
/** Streams that are opened and dropped again, so often, before anything is measured: both run compiled code by then. */
const warmUp = 200
const warmUps = 10

/** Figures of one server: medians of the rounds. */
export interface Streams {
  readonly name: string
  /** KiB of the process a stream (PSS), before and after a collection of garbage. */
  readonly kibAsItStands: number
  readonly kib: number
  readonly openedPerSecond: number
  readonly openMicros: number
  /** One event to each stream. */
  readonly eventsPerSecond: number
  readonly eventMicros: number
  /** One event to one user, from the backend to the subscriber, while all others are silent. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Until all are back that were dropped at once. */
  readonly backSeconds: number
  /** Attempts on the way back that found no room and were made again. */
  readonly refused: number
  /** The most reads of one user's history on the way back, and all of them. */
  readonly readsOfOne: number
  readonly reads: number
}

interface Server {
  readonly name: string
  readonly file: string
}

const servers: ReadonlyArray<Server> = [
  { name: "a bare Node server of the same checks", file: "streamsPeer.ts" },
  { name: "Galaxy's gateway", file: "streamsGalaxy.ts" }
]

class Program<Question, Answer> {
  readonly child: ChildProcess
  constructor(file: string, ...args: ReadonlyArray<string>) {
    this.child = fork(new URL(file, import.meta.url), args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: [...process.execArgv, "--expose-gc"]
    })
  }
  async answer(): Promise<Answer> {
    const [answer] = (await once(this.child, "message")) as [Answer]
    return answer
  }
  ask(question: Question): Promise<Answer> {
    const answer = this.answer()
    this.child.send(question as object)
    return answer
  }
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, "exit")
    this.child.kill("SIGKILL")
    await gone
  }
}

/** The memory of a process: its own, and its share of what it has in common with others. */
const pssKib = ({ pid }: ChildProcess): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1])

const openFiles = (): number =>
  Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? Number.POSITIVE_INFINITY)

const pause = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms))

const round = async ({ file, name }: Server, redisUrl: string, count: number): Promise<Streams> => {
  const programs: Array<{ readonly stop: () => Promise<void> }> = []
  const started = <P extends { readonly stop: () => Promise<void> }>(program: P): P => {
    programs.push(program)
    return program
  }
  try {
    const backend = started(new Program<Ask, Told>("streamsBackend.ts"))
    const ports = (await backend.answer()) as unknown as { readonly port: number; readonly pushPort: number }
    const urls = [`http://127.0.0.1:${ports.port}`, redisUrl, `http://127.0.0.1:${ports.pushPort}`]
    const server = started(new Program<"usage" | "gc", Usage>(file, ...urls))
    const { port } = (await server.answer()) as unknown as { readonly port: number }
    const load = started(new Program<Order, Done>("streamsLoad.ts"))
    await load.answer()
    if (file === "streamsGalaxy.ts") await ready(port)

    const publish = async (from: number, users: number) => {
      const all = load.ask({ type: "expect", events: users })
      const { at } = (await backend.ask({ type: "publish", from, count: users })) as { readonly at: number }
      return (await all).at - at
    }
    const open = (streams: number, atOnce: number) => load.ask({ type: "open", port, count: streams, inFlight: atOnce })
    const reads = async () => (await backend.ask({ type: "reads" })) as { readonly most: number; readonly all: number }

    for (let time = 0; time < warmUps; time++) {
      await open(warmUp, 16)
      for (let event = 0; event < 5; event++) await publish(0, warmUp)
      await load.ask({ type: "drop" })
      await pause(300)
    }
    await server.ask("gc")
    const kibBefore = pssKib(server.child)
    const before = await server.ask("usage")
    const { seconds } = await open(count, inFlight)
    const after = await server.ask("usage")
    await pause(1_000)
    const kibAfter = pssKib(server.child)
    await server.ask("gc")
    await server.ask("gc")
    const kibCollected = pssKib(server.child)

    const rates: Array<number> = []
    const micros: Array<number> = []
    for (let time = 0; time < fanOuts; time++) {
      const begun = await server.ask("usage")
      rates.push((count * 1_000) / (await publish(0, count)))
      const ended = await server.ask("usage")
      micros.push((ended.cpuMicros - begun.cpuMicros) / count)
    }
    const latencies: Array<number> = []
    for (let event = 0; event < singles; event++) {
      latencies.push(await publish((event * 7_919) % count, 1))
      await pause(3)
    }
    await reads()
    await load.ask({ type: "drop" })
    const back = await open(count, count)
    const history = await reads()
    return {
      name,
      kibAsItStands: (kibAfter - kibBefore) / count,
      kib: (kibCollected - kibBefore) / count,
      openedPerSecond: count / seconds,
      openMicros: (after.cpuMicros - before.cpuMicros) / count,
      eventsPerSecond: median(rates),
      eventMicros: median(micros),
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      backSeconds: back.seconds,
      refused: back.refused,
      readsOfOne: history.most,
      reads: history.all
    }
  } finally {
    for (const program of programs.toReversed()) await program.stop()
  }
}

const middle = (rounds: ReadonlyArray<Streams>): Streams => {
  const of = (value: (it: Streams) => number) => median(rounds.map(value))
  return {
    name: rounds[0]?.name ?? "",
    kibAsItStands: of((it) => it.kibAsItStands),
    kib: of((it) => it.kib),
    openedPerSecond: of((it) => it.openedPerSecond),
    openMicros: of((it) => it.openMicros),
    eventsPerSecond: of((it) => it.eventsPerSecond),
    eventMicros: of((it) => it.eventMicros),
    p50Ms: of((it) => it.p50Ms),
    p99Ms: of((it) => it.p99Ms),
    backSeconds: of((it) => it.backSeconds),
    refused: of((it) => it.refused),
    readsOfOne: Math.max(...rounds.map((it) => it.readsOfOne)),
    reads: of((it) => it.reads)
  }
}

/** Needs the address of a Redis. So many streams, in so many rounds; fails where the system doesn't allow so many open files. */
export const streams = async (redisUrl: string, count: number, rounds: number): Promise<ReadonlyArray<Streams>> => {
  const files = openFiles()
  if (count + 200 > files) {
    throw new Error(`${count} streams need as many open files, and this process may have ${files} (ulimit -n)`)
  }
  const found = servers.map((): Array<Streams> => [])
  for (let time = 0; time < rounds; time++) {
    for (const [index, server] of servers.entries()) found[index]?.push(await round(server, redisUrl, count))
  }
  return found.map(middle)
}

/** The table, for a terminal. */
export const print = (all: ReadonlyArray<Streams>): void => {
  const [peer] = all
  const line = (what: string, value: (it: Streams) => number, unit: string, digits = 0) => {
    const values = all.map((it) => {
      const ratio = value(it) / value(peer ?? it)
      return `${value(it).toFixed(digits)} ${unit} (${ratio.toFixed(2)})`.padEnd(24)
    })
    console.log(`  ${what.padEnd(38)} ${values.join(" ")}`)
  }
  console.log(`  ${"".padEnd(38)} ${all.map((it) => it.name.slice(0, 22).padEnd(24)).join(" ")}`)
  line("memory a stream, as it stands", (it) => it.kibAsItStands, "KiB", 1)
  line("memory a stream, garbage collected", (it) => it.kib, "KiB", 1)
  line("opened", (it) => it.openedPerSecond, "/s")
  line("CPU an opening", (it) => it.openMicros, "µs")
  line("one event to each", (it) => it.eventsPerSecond, "/s")
  line("CPU an event", (it) => it.eventMicros, "µs")
  line("one event to one, p50", (it) => it.p50Ms, "ms", 2)
  line("one event to one, p99", (it) => it.p99Ms, "ms", 2)
  line("all dropped, until all are back", (it) => it.backSeconds, "s", 1)
  line("  attempts that found no room", (it) => it.refused, "")
  line("  most reads of a user's history", (it) => it.readsOfOne, "")
  line("  reads of history", (it) => it.reads, "")
}
