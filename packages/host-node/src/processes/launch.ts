/**
 * What every process does around its layers: `--help`, `--check`, checked configuration, one clear line per failure, a clean end.
 *
 * SIGINT, SIGTERM and SIGHUP end the process once. What doesn't end in time is cut off, so that nobody waits for ever.
 */
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { helpOf, type ProcessName } from "../config/help.ts"
import { ConfigurationInvalid, type Environment, load, type Settings, type Values } from "../config/load.ts"
import { knownNames } from "../config/settings.ts"
import { problemsOf, valuesAsFarAsValid } from "./check.ts"
import { idleSettings } from "./idleSettings.ts"

const out = (line: string) => void process.stdout.write(`${line}\n`)
const err = (line: string) => void process.stderr.write(`${line}\n`)

/** Longest time that an orderly end may take, unless the process has another. */
const usualEndMs = 4_500

/** Settings of this process's environment that are set for nothing, one line each. */
export const idle = (name: ProcessName): ReadonlyArray<string> =>
  idleSettings(name, process.env, valuesAsFarAsValid(name, process.env))

/** Says so in the log. */
export const idleTold = (name: ProcessName): Effect.Effect<void> =>
  Effect.forEach(idle(name), (it) => Effect.logWarning(it), { discard: true })

const configurationChecked = async (name: ProcessName): Promise<void> => {
  const problems = await Effect.runPromise(problemsOf(name, process.env))
  for (const problem of problems) err(problem)
  for (const warning of idle(name)) err(`Warning: ${warning}.`)
  if (problems.length === 0) return out("The configuration has no problems.")
  err(`${problems.length === 1 ? "One problem" : `${problems.length} problems`}; --help lists all settings.`)
  process.exitCode = 1
}

/** Answers `--help` and `--check`, refuses other arguments; true when there is nothing more to do. */
export const answeredArguments = async (name: ProcessName, usage: string): Promise<boolean> => {
  const args = process.argv.slice(2)
  if (args.length === 0) return false
  if (args.includes("--help") || args.includes("-h")) {
    out(helpOf(name, usage))
    return true
  }
  if (args.length === 1 && args[0] === "--check") {
    await configurationChecked(name)
    return true
  }
  err(`unknown argument: ${args.find((it) => it !== "--check")}\nUsage: ${usage} [--help | --check]`)
  process.exitCode = 2
  return true
}

/** The values of all groups of settings; or prints every problem in them and returns undefined. */
export const configured = <const G extends Readonly<Record<string, Settings>>>(
  groups: G,
  environment: Environment = process.env
): { readonly [K in keyof G]: Values<G[K]> } | undefined => {
  const loaded = Object.entries(groups).map(([name, group]) => [name, load(group, environment, knownNames)] as const)
  const problems = new Set(loaded.flatMap(([, it]) => (it instanceof ConfigurationInvalid ? it.problems : [])))
  if (problems.size === 0) return Object.fromEntries(loaded) as { readonly [K in keyof G]: Values<G[K]> }
  for (const problem of problems) err(problem)
  err("Nothing was started; --help lists all settings.")
  process.exitCode = 2
  return undefined
}

const listenProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use by another program; stop it or set another address",
  EADDRNOTAVAIL: "is not an address of this machine; set one that is",
  EACCES: "may not be listened on by this user; set a port above 1023"
}

/** Node's message about an address, as a sentence that says what to do. */
const plainly = (message: string): string => {
  const [, unknownHost] = /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)$/.exec(message) ?? []
  if (unknownHost !== undefined) return `the host name ${unknownHost} is unknown; correct the setting that has it`
  const [, code = "", address = ""] = /(?:listen|bind) (E[A-Z]+): .*? (\S*:?\d+)$/.exec(message) ?? []
  const problem = listenProblems[code]
  return problem === undefined ? message : `the address ${address} ${problem} (--help lists the settings)`
}

const longestSentence = 500

/** One line of bounded length. */
const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s*\n\s*/g, " ").trim()
  return line.length > longestSentence ? `${line.slice(0, longestSentence)}…` : line
}

const messageOf = (value: unknown): string => (value instanceof Error ? value.message : "")

/**
 * The sentence for a failure: its message, and that of its cause where it says more. An unforeseen failure is our own
 * fault and is printed in full.
 */
export const sentence = (cause: Cause.Cause<unknown>): string => {
  const failure = Cause.squash(cause)
  const messages = [messageOf(failure), failure instanceof Error ? messageOf(failure.cause) : ""].filter(
    (it) => it !== ""
  )
  if (messages.length === 0 || (Cause.hasDies(cause) && !(failure instanceof Error && "code" in failure))) {
    return Cause.pretty(cause)
  }
  const [own = "", deeper = ""] = messages
  return oneLine(plainly(deeper === "" || own.includes(deeper) ? own : `${own}: ${deeper}`))
}

/**
 * Runs a layer until a signal comes or it fails, and then ends the process. `ready` runs once the layer is built. A
 * failure of `ready` ends the process on the spot: what it holds isn't its own any more, so nothing is put in order.
 */
export const launch = async <A, E>(
  layer: Layer.Layer<A, E>,
  ready: Effect.Effect<void, Error, A>,
  goodbye?: string,
  endMs: number = usualEndMs
): Promise<void> => {
  let signal: NodeJS.Signals | undefined
  const told = Effect.suspend(() => Effect.annotateLogs(Effect.logInfo("ending in good order"), { signal }))
  const fiber = Effect.runFork(
    Effect.scoped(
      Effect.gen(function* () {
        const built = yield* Layer.build(layer)
        const served = Effect.catch(Effect.provideContext(ready, built), (failure) =>
          Effect.sync(() => {
            err(`Galaxy stopped: ${sentence(Cause.fail(failure))}`)
            process.exit(1)
          })
        )
        return yield* Effect.andThen(served, Effect.never).pipe(
          Effect.onInterrupt(() => Effect.provideContext(told, built))
        )
      })
    )
  )
  // A reader that has gone, such as a closed pipe, must not end the games.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
  const end = (by: NodeJS.Signals) => {
    if (signal !== undefined) return
    signal = by
    if (goodbye !== undefined) out(goodbye)
    setTimeout(() => {
      err("the shutdown took too long and was cut short")
      process.exit(1)
    }, endMs).unref()
    Effect.runFork(Fiber.interrupt(fiber))
  }
  process.on("SIGINT", end)
  process.on("SIGTERM", end)
  process.on("SIGHUP", end)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
    err(`Galaxy stopped: ${sentence(exit.cause)}`)
    process.exitCode = 1
  }
  // Timers of libraries must not keep a finished process alive.
  process.exit()
}
