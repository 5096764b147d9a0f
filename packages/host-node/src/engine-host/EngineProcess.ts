/**
 * One engine as a child process: started, watched, ended.
 *
 * Its standard input stays open for as long as this process lives, and an engine ends when it closes: no engine
 * outlives its host, however the host ends.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { Redacted } from "effect"
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
  /** `wanted` is true where it was asked to end. */
  readonly onExit: (how: string, wanted: boolean) => void
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
  return env
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

/** A started engine. `terminate` asks it to end and `kill` forces it; `gone` settles in every case. */
export class EngineProcess {
  readonly #child: ChildProcess
  /** Settles once, when it listens or can't. */
  readonly started: Promise<StartOutcome>
  /** Settles when the process is gone. */
  readonly gone: Promise<void>
  #alive = true
  #wanted = false

  constructor(options: EngineProcessOptions) {
    const { file, args } = options.program
    const child = spawn(file, args, { env: environment(options), stdio: ["pipe", "pipe", "pipe"], windowsHide: true })
    this.#child = child
    const last: Array<string> = []
    child.stdin.on("error", () => undefined)
    // A full pipe would block the engine, so its output is always read.
    readLines(child.stderr, maxLine, (said) => {
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
    const over = (how: string) => {
      if (!this.#alive) return
      this.#alive = false
      outcome.resolve({ failure: [how, ...last].join("; ").slice(0, 500) })
      gone.resolve()
      options.onExit(how, this.#wanted)
    }
    child.on("error", (error) => {
      // For a running process, an error means that a signal could not be sent.
      if (child.pid === undefined) over(`it could not be started: ${error.message}`)
    })
    child.on("close", (code, signal) =>
      over(signal === null ? `it ended with code ${code}` : `it was killed by signal ${signal}`)
    )
  }

  get alive(): boolean {
    return this.#alive && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  terminate(): void {
    this.#wanted = true
    this.#child.kill("SIGTERM")
  }

  kill(): void {
    this.#wanted = true
    this.#child.kill("SIGKILL")
  }
}
