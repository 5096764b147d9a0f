/**
 * An engine as a program on this machine, started, called and ended as the platform does it.
 *
 * When the scope closes, the program and everything that it started are gone.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { type Ended, NotServing, type RunningEngine, type EngineUnderTest } from "./conformance/Check.ts"

/** How long the platform's host gives an engine to start listening. */
const startTimeout = "20 seconds"
const version = "7.8.9-conformance"
const mostKept = 8_192

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly firstLine: Promise<string>
}

/** A started engine program with its process and its state folder. */
export interface ProgramEngine extends RunningEngine, Started {
  readonly folder: string
}

const startChild = (
  program: string,
  args: ReadonlyArray<string>,
  cwd: string | undefined,
  variables: Readonly<Record<string, string>>
): Started => {
  const { PATH, HOME, LANG, NODE_COMPILE_CACHE } = process.env
  // Its own process group: a program that is started by a script ends with the script.
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH, HOME, LANG, NODE_COMPILE_CACHE, ...variables },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true
  })
  let stderr = ""
  child.stderr.setEncoding("utf8").on("data", (part: string) => (stderr = `${stderr}${part}`.slice(-mostKept)))
  // A program that ends without reading its input is not a failure.
  child.stdin.on("error", () => undefined)
  const ended = new Promise<Ended>((resolve) => {
    child.on("error", (error) => resolve({ code: null, signal: null, stderr: error.message }))
    child.on("close", (code, signal) => resolve({ code, signal, stderr }))
  })
  const firstLine = new Promise<string>((resolve) => {
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < mostKept) text += part
      if (text.includes("\n") || text.length >= mostKept) resolve(text.split("\n")[0] ?? "")
    })
  })
  return { child, ended, firstLine }
}

const killGroup = ({ child, ended }: Started): Promise<Ended> => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  } catch {
    // The whole group is gone already.
  }
  return ended
}

const howItEnded = ({ code, signal, stderr }: Ended): string => {
  const how = signal === null ? `exit code ${code ?? "none"}` : signal
  return `it ended (${how}) before it listened${stderr.trim() === "" ? "" : `; it said: ${stderr.trim().slice(-600)}`}`
}

const portIn = (line: string): number | undefined => {
  try {
    const { event, port } = JSON.parse(line) as { readonly event?: unknown; readonly port?: unknown }
    return event === "listening" && typeof port === "number" && Number.isInteger(port) ? port : undefined
  } catch {
    return undefined
  }
}

/** The parts of `EngineUnderTest` for this program, which is started in `cwd` or in the current folder. */
export const engineProgram = (
  program: string,
  args: ReadonlyArray<string> = [],
  cwd?: string
): Required<Pick<EngineUnderTest<ProgramEngine>, "start" | "restart" | "program" | "version">> => {
  const startOn = Effect.fnUntraced(function* (folder: string, variables: Readonly<Record<string, string>> = {}) {
    const token = randomBytes(32).toString("base64url")
    const started = yield* Effect.acquireRelease(
      Effect.sync(() =>
        startChild(program, args, cwd, {
          GALAXY_STATE_DIR: folder,
          GALAXY_ENGINE_ADDR: "127.0.0.1:0",
          GALAXY_ENGINE_VERSION: version,
          GALAXY_ENGINE_TOKEN: token,
          GALAXY_EXIT_WITH_PARENT: "1",
          ...variables
        })
      ),
      (it) => Effect.promise(() => killGroup(it))
    )
    const begun = yield* Effect.promise(() => Promise.race([started.firstLine, started.ended])).pipe(
      Effect.timeoutOrElse({
        duration: startTimeout,
        orElse: () => new NotServing({ reason: `it said nothing on standard output within ${startTimeout}` })
      })
    )
    if (typeof begun !== "string") return yield* new NotServing({ reason: howItEnded(begun), ended: begun })
    const port = portIn(begun)
    if (port === undefined) {
      const expected = '{"event":"listening","port":…}'
      const reason = `the first line on standard output isn't ${expected}: ${begun.slice(0, 200)}`
      return yield* new NotServing({ reason })
    }
    return { ...started, folder, baseUrl: `http://127.0.0.1:${port}`, token }
  })

  const folder = Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "conformance-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
  )

  return {
    version,
    start: Effect.flatMap(folder, (path) => startOn(path)),
    restart: (engine) =>
      Effect.andThen(
        Effect.promise(() => killGroup(engine)),
        startOn(engine.folder)
      ),
    program: {
      startOn,
      folderOf: (engine) => engine.folder,
      signal: (engine, signal) => Effect.sync(() => void engine.child.kill(signal)),
      endInput: ({ child }) => Effect.sync(() => void child.stdin?.end()),
      ended: (engine) => Effect.promise(() => engine.ended)
    }
  }
}
