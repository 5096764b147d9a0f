/** The flags that every command has, and what they come to together with the environment. */
import { Context, Effect, Option } from "effect"
import { Flag, GlobalFlag } from "effect/cli"
import { Usage } from "./failures.ts"
import { Host } from "./host/Host.ts"

/** How data is written: for people, as one document, or as one line of JSON for each thing. */
export type Format = "text" | "json" | "stream-json"

/** The formats by their names. */
export const formats = ["text", "json", "stream-json"] as const

const text = <const N extends string>(name: N, metavar: string, help: string) =>
  GlobalFlag.Setting(name)({
    flag: Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(help), Flag.optional)
  })
const onOff = <const N extends string>(name: N, help: string, alias?: string) => {
  const flag = Flag.Boolean(name).pipe(Flag.withDescription(help), Flag.withDefault(false))
  return GlobalFlag.Setting(name)({ flag: alias === undefined ? flag : flag.pipe(Flag.withAlias(alias)) })
}

const settings = {
  server: text("server", "URL", "the backend's address, such as https://galaxy.example.org"),
  context: text("context", "NAME", "a stored context (galaxy-admin context list)"),
  outputFormat: GlobalFlag.Setting("output-format")({
    flag: Flag.Literals("output-format", formats).pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FORMAT"),
      Flag.withDescription("how data is written: text, json or stream-json"),
      Flag.optional
    )
  }),
  quiet: onOff("quiet", "write no notes to standard error", "q"),
  noColor: onOff("no-color", "no colours"),
  yes: onOff("yes", "answer yes to what can be undone", "y"),
  confirm: text("confirm", "NAME", "the target's name, for what can't be undone; with -, the number of targets"),
  reason: text("reason", "TEXT", "why, for the audit log; no e-mail addresses"),
  dryRun: onOff("dry-run", "let the server try it and undo it, and show what would happen"),
  timeout: text("timeout", "TIME", "longest wait for one answer, such as 30s (the default) or 2m"),
  insecure: onOff("insecure", "send the password over http:// to another machine"),
  verbose: onOff("verbose", "a line on standard error for each request"),
  trace: onOff("trace", "headers and bodies of each request on standard error; secrets are masked"),
  limit: GlobalFlag.Setting("limit")({
    flag: Flag.String("limit").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("longest list; 0 for all (100 in a terminal, else all)"),
      Flag.optional
    )
  }),
  columns: text("columns", "A,B", "fields to list, such as game_id,status"),
  wide: onOff("wide", "more columns, absolute times"),
  utc: onOff("utc", "times in UTC"),
  jobs: text("jobs", "N", "with -: targets at the same time (4)"),
  keepGoing: onOff("keep-going", "with -: go on after a failure"),
  passwordStdin: onOff("password-stdin", "read a password from standard input")
} as const

/** All of them, for the tree. */
export const globalFlags: ReadonlyArray<GlobalFlag.GlobalFlag<unknown>> = Object.values(settings)

/** What was asked for, with its defaults. */
export interface GlobalValues {
  readonly server: string | undefined
  readonly context: string | undefined
  readonly format: Format
  readonly quiet: boolean
  readonly color: boolean
  readonly yes: boolean
  readonly confirm: string | undefined
  readonly reason: string | undefined
  readonly dryRun: boolean
  readonly timeoutMs: number
  readonly insecure: boolean
  readonly verbose: boolean
  readonly trace: boolean
  /** Undefined: the default of the place where the list goes. 0: all. */
  readonly limit: number | undefined
  readonly columns: ReadonlyArray<string> | undefined
  readonly wide: boolean
  readonly utc: boolean
  readonly jobs: number
  readonly keepGoing: boolean
  readonly passwordStdin: boolean
}

/** The flags of this run. */
export class Globals extends Context.Service<Globals, GlobalValues>()("galaxy-admin/Globals") {}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const longestMs = 24 * 3_600_000

/** Milliseconds of a text such as `30s`; undefined for one that is no duration from 1 ms to 24 h. */
export const durationMs = (text: string): number | undefined => {
  const [, amount, unit = ""] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const ms = Number(amount) * (units[unit] ?? Number.NaN)
  return ms >= 1 && ms <= longestMs ? ms : undefined
}

const wholeNumber = (name: string, given: string | undefined, low: number, high: number) => {
  if (given === undefined) return Effect.succeed(undefined)
  const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
  return number >= low && number <= high
    ? Effect.succeed(number)
    : Effect.fail(new Usage({ message: `--${name} must be a whole number from ${low} to ${high}, not "${given}".` }))
}

/** The format that an environment or a command line asks for, before anything is parsed: for errors of parsing. */
export const formatOf = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
): Format | undefined => {
  const at = args.findIndex((it) => it === "-o" || it === "--output-format")
  const given =
    at >= 0
      ? args[at + 1]
      : (args.map((it) => /^(?:-o|--output-format)=(.*)$/.exec(it)?.[1]).find((it) => it !== undefined) ??
        env["GALAXY_ADMIN_OUTPUT_FORMAT"])
  return formats.find((it) => it === given)
}

/** Reads the flags of the running command and the environment behind them. Fails with `Usage`. */
export const readGlobals = Effect.gen(function* () {
  const { env, stdout } = yield* Host
  const maybe = (value: Option.Option<string>, name?: string) =>
    Option.getOrUndefined(value) ?? (name === undefined ? undefined : env[name] || undefined)
  const format = Option.getOrUndefined(yield* settings.outputFormat) ?? env["GALAXY_ADMIN_OUTPUT_FORMAT"] ?? "text"
  const known = formats.find((it) => it === format)
  if (known === undefined) {
    return yield* new Usage({
      message: `GALAXY_ADMIN_OUTPUT_FORMAT must be text, json or stream-json, not "${format}".`
    })
  }
  const timeout = maybe(yield* settings.timeout) ?? "30s"
  const timeoutMs = durationMs(timeout)
  if (timeoutMs === undefined) {
    return yield* new Usage({ message: `--timeout must be a time such as 500ms, 30s or 2m, not "${timeout}".` })
  }
  const server = maybe(yield* settings.server)
  const context = maybe(yield* settings.context)
  if (server !== undefined && context !== undefined) {
    return yield* new Usage({ message: "--server and --context can't be given together." })
  }
  const columns = maybe(yield* settings.columns)
  const values: GlobalValues = {
    server,
    context,
    format: known,
    quiet: yield* settings.quiet,
    color: stdout.isTerminal && !(yield* settings.noColor) && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    yes: yield* settings.yes,
    confirm: maybe(yield* settings.confirm),
    reason: maybe(yield* settings.reason, "GALAXY_ADMIN_REASON"),
    dryRun: yield* settings.dryRun,
    timeoutMs,
    insecure: yield* settings.insecure,
    verbose: yield* settings.verbose,
    trace: yield* settings.trace,
    limit: yield* wholeNumber("limit", maybe(yield* settings.limit), 0, 100_000_000),
    columns: columns?.split(",").filter((it) => it !== ""),
    wide: yield* settings.wide,
    utc: yield* settings.utc,
    jobs: (yield* wholeNumber("jobs", maybe(yield* settings.jobs), 1, 32)) ?? 4,
    keepGoing: yield* settings.keepGoing,
    passwordStdin: yield* settings.passwordStdin
  }
  return values
})
