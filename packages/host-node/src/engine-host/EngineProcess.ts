/**
 * One engine as a child process: started, watched, ended.
 *
 * Its standard input stays open for as long as this process lives, and an engine ends when it closes: no engine
 * outlives its host, however the host ends.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { Redacted } from "effect"
import { CrashDump } from "./CrashDump.ts"
import type { EngineProgram } from "./EngineProgram.ts"
import { readLines } from "./lines.ts"

/** How an engine is started, and who hears of its log and its end. */
export interface EngineProcessOptions {
  readonly program: EngineProgram
  readonly stateDir: string
  readonly version: string
  /** The engine answers nobody without it. */
  readonly token: Redacted.Redacted
  /** One line of the engine's log; long ones are cut. */
  readonly onLog: (line: string) => void
  /** Called once, when the process is gone. */
  readonly onExit: (exit: ProcessExit) => void
}

/** How an engine's process ended. */
export interface ProcessExit {
  /** One sentence that begins with "it". */
  readonly how: string
  /** It ended because it was asked to. */
  readonly wanted: boolean
  /** V8 could not get the memory that it needed. */
  readonly outOfMemory: boolean
}

/** The port it listens on, or why it doesn't. */
export type StartOutcome = { readonly port: number } | { readonly failure: string }

const maxLine = 4_000
const keptLines = 5

/** The variables that an engine inherits: what a program needs to run, and none of the platform's secrets. */
const inherited = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "TZ", "SystemRoot", "NODE_COMPILE_CACHE"]

const environment = (options: EngineProcessOptions): Record<string, string> => {
  const env: Record<string, string> = {
    GALAXY_STATE_DIR: options.stateDir,
    GALAXY_ENGINE_ADDR: "127.0.0.1:0",
    GALAXY_ENGINE_VERSION: options.version,
    // Arguments can be read by every user of the machine, the environment by this one only.
    GALAXY_ENGINE_TOKEN: Redacted.value(options.token),
    GALAXY_EXIT_WITH_PARENT: "1"
  }
  for (const name of inherited) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return { ...env, ...engineTelemetry(process.env) }
}

/** Where spans, metrics and lines of engines go: to the platform's collector, under their own name. */
const engineTelemetry = (from: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const own = Object.entries(from).flatMap(([name, value]) =>
    name.startsWith("OTEL_") && value !== undefined ? [[name, value] as const] : []
  )
  return own.length === 0 ? {} : { ...Object.fromEntries(own), OTEL_SERVICE_NAME: "galaxy-engine" }
}

const portOf = (line: string): number | undefined => {
  try {
    const message: unknown = JSON.parse(line)
    if (typeof message !== "object" || message === null) return undefined
    const { event, port } = message as Record<string, unknown>
    return event === "listening" && typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536
      ? port
      : undefined
  } catch {
    return undefined
  }
}

/** The sentence for an exit. `dump` has read all that the process said. */
const exitOf = (
  code: number | null,
  signal: NodeJS.Signals | null,
  dump: CrashDump,
  sent: ReadonlySet<NodeJS.Signals>
): ProcessExit => {
  const { sentence, outOfMemory } = dump
  // Ending for another reason than the signal that it was sent is not what was wanted.
  const wanted = sent.size > 0 && sentence === undefined && (signal === null || sent.has(signal))
  if (outOfMemory) return { how: `it ran out of memory (${sentence})`, wanted, outOfMemory }
  if (sentence !== undefined) return { how: `V8 ended it (${sentence})`, wanted, outOfMemory }
  if (signal === "SIGKILL" && !wanted) {
    return {
      how: "it was killed by signal SIGKILL, as the system does when it runs out of memory",
      wanted,
      outOfMemory
    }
  }
  return {
    how: signal === null ? `it ended with code ${code}` : `it was killed by signal ${signal}`,
    wanted,
    outOfMemory
  }
}

/** A started engine. `terminate` asks it to end and `kill` forces it; `gone` settles in every case. */
export class EngineProcess {
  readonly #child: ChildProcess
  /** Settles once, when it listens or can't. */
  readonly started: Promise<StartOutcome>
  /** Settles when the process is gone. */
  readonly gone: Promise<void>
  #alive = true
  readonly #sent = new Set<NodeJS.Signals>()

  /** Resident memory in bytes; 0 where the system doesn't tell. */
  get memory(): number {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, "latin1")
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
    } catch {
      return 0
    }
  }

  constructor(options: EngineProcessOptions) {
    const { file, args } = options.program
    const child = spawn(file, args, { env: environment(options), stdio: ["pipe", "pipe", "pipe"], windowsHide: true })
    this.#child = child
    const last: Array<string> = []
    const dump = new CrashDump()
    child.stdin.on("error", () => undefined)
    // A full pipe would block the engine, so its output is always read.
    readLines(child.stderr, maxLine, (said) => {
      if (dump.take(said)) return
      const line = said.replaceAll(Redacted.value(options.token), "<token>")
      last.push(line)
      if (last.length > keptLines) last.shift()
      options.onLog(line)
    })
    const outcome = Promise.withResolvers<StartOutcome>()
    const gone = Promise.withResolvers<void>()
    this.started = outcome.promise
    this.gone = gone.promise
    readLines(child.stdout, maxLine, (line) => {
      const port = portOf(line)
      if (port !== undefined) outcome.resolve({ port })
    })
    const over = (exit: ProcessExit) => {
      if (!this.#alive) return
      this.#alive = false
      outcome.resolve({ failure: [exit.how, ...last].join("; ").slice(0, 500) })
      options.onExit(exit)
      gone.resolve()
    }
    child.on("error", (error) => {
      // For a running process, an error means that a signal could not be sent.
      if (child.pid === undefined) {
        over({ how: `it could not be started: ${error.message}`, wanted: false, outOfMemory: false })
      }
    })
    child.on("close", (code, signal) => over(exitOf(code, signal, dump, this.#sent)))
  }

  get alive(): boolean {
    return this.#alive && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  terminate(): void {
    this.#send("SIGTERM")
  }

  kill(): void {
    this.#send("SIGKILL")
  }

  #send(signal: NodeJS.Signals): void {
    // One that is gone already was not ended by this.
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#sent.add(signal)
    this.#child.kill(signal)
  }
}
