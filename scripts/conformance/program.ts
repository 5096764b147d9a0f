/** An engine as a program: started on a folder of its own, killed, and started again on the same one. */
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Effect } from "effect"

export interface Program {
  /** The program and its arguments. */
  readonly command: ReadonlyArray<string>
  /** Where it is started. */
  readonly cwd: string
  /** Told to it as its version in the registry. */
  readonly version: string
}

/** Characters of standard error that are told of a program that doesn't listen. */
const mostSaid = 2_000

const listeningIn = (line: string): number | undefined => {
  try {
    const said = JSON.parse(line) as { readonly event?: unknown; readonly port?: unknown } | null
    return said?.event === "listening" && typeof said.port === "number" ? said.port : undefined
  } catch {
    return undefined
  }
}

const spawned = ({ command: [file = "", ...args], cwd, version }: Program, stateDir: string) => {
  const child = spawn(file, args, {
    cwd,
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      GALAXY_STATE_DIR: stateDir,
      GALAXY_ENGINE_ADDR: "127.0.0.1:0",
      GALAXY_ENGINE_VERSION: version
    },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let said = ""
  child.stderr.on("data", (part) => (said = (said + String(part)).slice(-mostSaid)))
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(`can't be started: ${error.message}`))
    child.on("close", (code, signal) => resolve(`ended with ${signal ?? `code ${code}`} before it listened`))
  })
  const port = new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => {
      const found = listeningIn(line)
      if (found === undefined)
        reject(new Error(`the first line of its standard output isn't {"event":"listening",…}: ${line.slice(0, 200)}`))
      else resolve(found)
    })
    void ended.then((how) => reject(new Error(`the engine ${how}${said === "" ? "" : `; it said:\n${said}`}`)))
  })
  // Whoever waits for it is told; a rejection that nobody waits for is no news.
  port.catch(() => undefined)
  const kill = () => {
    child.kill("SIGKILL")
    return ended
  }
  return { port, kill }
}

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "conformance-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** The engine on a folder, until the scope closes. */
const engineIn = Effect.fnUntraced(function* (program: Program, stateDir: string) {
  const { port, kill } = yield* Effect.acquireRelease(
    Effect.sync(() => spawned(program, stateDir)),
    (it) => Effect.promise(it.kill)
  )
  const listening = yield* Effect.tryPromise({ try: () => port, catch: (error) => error as Error })
  return { baseUrl: `http://127.0.0.1:${listening}`, stateDir, kill }
})

type Engine = Effect.Success<ReturnType<typeof engineIn>>

export const startOf = (program: Program) => Effect.flatMap(folder, (stateDir) => engineIn(program, stateDir))

export const restartOf =
  (program: Program) =>
  ({ kill, stateDir }: Engine) =>
    Effect.andThen(Effect.promise(kill), engineIn(program, stateDir))
