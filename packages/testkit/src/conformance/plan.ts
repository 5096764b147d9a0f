/** What `galaxy-conformance` was asked for. */
import { parseArgs } from "node:util"
import { Predicate } from "effect"
import type { JsonFields } from "../engine/conformance/Check.ts"
import { builtin, parseSamples, type Samples } from "./samples.ts"

/** The engine to test, and the input to test it with. */
export interface Plan {
  readonly program: string
  readonly args: ReadonlyArray<string>
  /** Where it is started. */
  readonly cwd: string
  readonly samples: Samples
  /** `options` of the init request. */
  readonly options?: JsonFields
}

/** What `--help` prints. */
export const usage = `Runs the conformance suite on an engine, a program as the guide "Write your own engine" describes it.

  galaxy-conformance [options] PROGRAM [ARGUMENT]…

  --orders FILE    samples of the game's orders, as JSON: {"valid": {…}, "refused": {…}};
                   in the texts of the valid one, {number} makes each order different, and
                   {my_planets.0.number} is replaced by that value of the race's report;
                   when absent, the orders are those of the built-in game
  --options FILE   JSON for the options of init, where the engine needs some
  --help           this text

The program is started in the current folder, with PATH, HOME, LANG and NODE_COMPILE_CACHE alone of your environment, on
state folders of its own that are removed afterwards, and some checks kill it. One check takes a minute at most.
Exit codes: 0 when every check passes, 1 when one fails, 2 for wrong arguments.
`

/** Where the program's own arguments begin: after our options and their values. */
const split = (args: ReadonlyArray<string>): readonly [ReadonlyArray<string>, ReadonlyArray<string>] => {
  let at = 0
  while (at < args.length && args[at]?.startsWith("--") === true && args[at] !== "--") {
    at += args[at] === "--help" || args[at]?.includes("=") === true ? 1 : 2
  }
  return [args.slice(0, at), args[at] === "--" ? args.slice(at + 1) : args.slice(at)]
}

const objectIn = (text: string): JsonFields => {
  const read: unknown = JSON.parse(text)
  if (!Predicate.isReadonlyObject(read)) throw new Error("it is not a JSON object")
  return read
}

/** The plan, `help`, or what is wrong in a line. */
export const readPlan = (
  args: ReadonlyArray<string>,
  cwd: string,
  read: (file: string) => string
): Plan | "help" | { readonly problem: string } => {
  const [own, [program, ...programArgs]] = split(args)
  const text = { type: "string" } as const
  const given = (() => {
    try {
      return parseArgs({ args: [...own], options: { orders: text, options: text, help: { type: "boolean" } } }).values
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) }
    }
  })()
  if ("problem" in given) return given
  if (given.help === true) return "help"
  if (program === undefined) return { problem: "the program is missing" }
  const inFile = <A>(file: string, parse: (text: string) => A): A => {
    try {
      return parse(read(file))
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  try {
    return {
      program,
      args: programArgs,
      cwd,
      samples: given.orders === undefined ? builtin : inFile(given.orders, parseSamples),
      ...(given.options === undefined ? {} : { options: inFile(given.options, objectIn) })
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
