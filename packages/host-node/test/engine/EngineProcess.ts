/** The engine as its users meet it: a child process, a folder and a port. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundled } from "../../../../scripts/lib/bundled.ts"

const main = bundled("engine/main")

/** How an engine is started: the program and its arguments. */
export const command = [process.execPath, main] as const

/** What an engine has of this process's environment: where programs are, and where compiled code is kept. */
export const inherited = (): NodeJS.ProcessEnv => {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { PATH, NODE_COMPILE_CACHE }
}

/** What every call but one to `/healthz` has to bring. */
export const token = "a-token-of-tests"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it as they expect it to be
  readonly json: any
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export class EngineProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  stderr = ""
  #stdout = ""
  #port = 0

  constructor(environment: Readonly<Record<string, string>>) {
    const [program, ...args] = command
    this.child = spawn(program, args, {
      env: { ...inherited(), ...environment },
      stdio: ["pipe", "pipe", "pipe"]
    })
    this.child.stderr?.on("data", (part) => (this.stderr += String(part)))
    this.ended = once(this.child, "close").then(([code, signal]) => ({ code, signal }))
  }

  /** Its first line, once it is there; undefined when it ends without one. */
  async listening(): Promise<{ readonly event: string; readonly port: number; readonly version: string } | undefined> {
    const line = await new Promise<string | undefined>((resolve) => {
      this.child.stdout?.on("data", (part) => {
        this.#stdout += String(part)
        if (this.#stdout.includes("\n")) resolve(this.#stdout.split("\n")[0])
      })
      void this.ended.then(() => resolve(undefined))
    })
    if (line === undefined) return undefined
    const parsed = JSON.parse(line)
    this.#port = parsed.port
    return parsed
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async fetch(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`)
    const response = await fetch(`${this.origin}${path}`, { method, ...init, headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) }
  }

  call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.fetch(
      method,
      path,
      body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    )
  }

  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }
}

/** Runs with a folder of its own, and ends whatever still runs afterwards. */
export const withFolder = async (
  use: (start: (environment?: Readonly<Record<string, string>>) => EngineProcess, folder: string) => Promise<void>
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "galaxy-engine-"))
  const started: Array<EngineProcess> = []
  try {
    await use((environment = {}) => {
      const engine = new EngineProcess({
        GALAXY_STATE_DIR: join(folder, "state"),
        GALAXY_ENGINE_TOKEN: token,
        ...environment
      })
      started.push(engine)
      return engine
    }, folder)
  } finally {
    await Promise.all(started.map((engine) => engine.end("SIGKILL")))
    await rm(folder, { recursive: true })
  }
}

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

export const initBody = {
  game_id: uuid(99),
  seed: "sockets",
  races: [
    { name: "Terrans", player_id: uuid(1) },
    { name: "Lyrans", player_id: uuid(2) }
  ]
}
