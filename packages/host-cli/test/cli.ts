/** Runs a whole command line in process: a terminal of the test's choice, fixed ids and clock, a server in memory. */
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { HostShape } from "galaxy-admin/host/Host"
import { run } from "galaxy-admin/main"

/** What a run is given. */
export interface Surroundings {
  readonly fetch?: (request: Request) => Promise<Response> | Response
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Standard input of a script. */
  readonly input?: string
  /** Answers of somebody at a terminal; without them nobody is there. */
  readonly answers?: ReadonlyArray<string>
  /** Columns of standard output, where it is a terminal. */
  readonly columns?: number
  /** The reader of standard output goes after so many characters. */
  readonly closedAfter?: number
  /** Takes standard output as it comes, which isn't kept then. */
  readonly onOutput?: (text: string) => void
  /** Ids of requests; else they are counted. */
  readonly newId?: () => string
  /** The present, in milliseconds; the clock of the machine if absent. */
  readonly now?: number
  /** With `now`: whatever waits gets its time at once. */
  readonly passing?: true
}

/** What came of it. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Credentials for a server in memory. */
export const signedIn = {
  GALAXY_ADMIN_SERVER: "http://127.0.0.1:1",
  GALAXY_ADMIN_USER: "root",
  GALAXY_ADMIN_PASSWORD: "correct horse"
} as const

/** Time goes by whenever nothing else is to be done in this turn of the event loop. */
const passing = Effect.forever(
  Effect.andThen(
    Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve))),
    TestClock.adjust("100 millis")
  )
)

/** Runs a command line to its end. */
export const cli = (args: ReadonlyArray<string>, around: Surroundings = {}): Promise<Ran> => {
  const written = { stdout: "", stderr: "" }
  const answers = [...(around.answers ?? [])]
  let ids = 0
  const sink = (name: "stdout" | "stderr", isTerminal: boolean) => ({
    isTerminal,
    columns: around.columns ?? 80,
    get closed() {
      return name === "stdout" && written.stdout.length > (around.closedAfter ?? Number.POSITIVE_INFINITY)
    },
    write: (text: string) =>
      Effect.sync(() => {
        if (name === "stdout" && around.onOutput !== undefined) around.onOutput(text)
        else written[name] += text
      })
  })
  const host: HostShape = {
    env: around.env ?? signedIn,
    cwd: around.cwd ?? "/nowhere",
    home: "/nowhere",
    stdin: {
      isTerminal: around.answers !== undefined,
      question: (text) =>
        Effect.sync(() => {
          written.stderr += `${text}\n`
          return answers.shift()
        }),
      readAll: () => Effect.succeed(around.input ?? "")
    },
    stdout: sink("stdout", around.columns !== undefined),
    stderr: sink("stderr", around.answers !== undefined),
    fetch: async (input, init) => {
      if (around.fetch === undefined) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" })
      return around.fetch(new Request(input, init))
    },
    newId: around.newId ?? (() => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`),
    timeZone: "UTC"
  }
  const fixed = Effect.gen(function* () {
    if (around.now !== undefined) yield* TestClock.setTime(around.now)
    if (around.passing === true) yield* Effect.forkScoped(passing)
    return yield* run(args, host)
  })
  const program =
    around.now === undefined
      ? run(args, host)
      : fixed.pipe(Effect.scoped, Effect.provide(Layer.fresh(TestClock.layer())))
  return Effect.runPromise(Effect.map(program, (code) => ({ code, ...written })))
}

/** An answer as JSON. */
export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })
