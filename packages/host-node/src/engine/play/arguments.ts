/** The command line of `play`: the command, or what is wrong with it. */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util"
import { type RulesetName, rulesetNames } from "@galaxy/contract/engine/Admin"
import { maxRaces, maxSeedText } from "@galaxy/contract/engine/Limits"
import { acceptName } from "@galaxy/engine/orders/names"
import { keyOf, keyOfTyped } from "@galaxy/engine/orders/keyOf"
import { rulesets } from "@galaxy/engine/rules/Ruleset"
import { Result } from "effect"
import { isDecimal } from "@galaxy/engine/text/decimals"
import type { Command, OrderFile } from "./Command.ts"
import { WrongUsage } from "./failures.ts"
import { general, helpOf } from "./helpTexts.ts"

type Name = keyof typeof helpOf
const isName = (text: string): text is Name => Object.hasOwn(helpOf, text)

const options = {
  new: {
    races: { type: "string" },
    state: { type: "string" },
    seed: { type: "string" },
    ruleset: { type: "string" },
    reports: { type: "string" },
    help: { type: "boolean" }
  },
  check: {
    state: { type: "string" },
    orders: { type: "string", multiple: true },
    "keep-going": { type: "boolean" },
    help: { type: "boolean" }
  },
  turn: {
    state: { type: "string" },
    orders: { type: "string", multiple: true },
    bot: { type: "string", multiple: true },
    "keep-going": { type: "boolean" },
    reports: { type: "string" },
    help: { type: "boolean" }
  },
  report: {
    state: { type: "string" },
    race: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean" }
  },
  map: {
    state: { type: "string" },
    race: { type: "string" },
    at: { type: "string" },
    radius: { type: "string" },
    help: { type: "boolean" }
  },
  orders: {
    help: { type: "boolean" }
  }
} as const satisfies Record<Name, ParseArgsOptionsConfig>

const commands = Object.keys(options).join(", ")

type Parsed<A> = Result.Result<A, string>

const needed = (option: string, value: string | undefined): Parsed<string> =>
  value === undefined || value === "" ? Result.fail(`--${option} is needed`) : Result.succeed(value)

/** The folder, if one is given. An empty name is refused: it would mean the current folder. */
const folder = (value: string | undefined): Parsed<string | undefined> =>
  value === "" ? Result.fail("--reports needs a folder") : Result.succeed(value)

const racesIn = (text: string, ruleset: RulesetName): Parsed<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const typed of text.split(",")) {
    const name = acceptName(typed, rulesets[ruleset].nameLength)
    if (Result.isFailure(name)) return Result.fail(`--races: "${typed}": ${name.failure.message}`)
    if (names.some((it) => keyOf(it) === keyOf(name.success))) {
      return Result.fail(`--races: ${name.success} is given twice`)
    }
    names.push(name.success)
  }
  return names.length >= 2 && names.length <= maxRaces
    ? Result.succeed(names)
    : Result.fail(`--races: a game needs 2 to ${maxRaces} races`)
}

const seedOf = (text: string | undefined): Parsed<string | undefined> =>
  text === undefined || (text !== "" && text.length <= maxSeedText)
    ? Result.succeed(text)
    : Result.fail(`--seed must have 1 to ${maxSeedText} characters`)

const rulesetOf = (text: string | undefined): Parsed<RulesetName> => {
  const name = rulesetNames.find((it) => it === (text ?? rulesetNames[0]))
  return name === undefined ? Result.fail(`--ruleset: must be ${rulesetNames.join(" or ")}`) : Result.succeed(name)
}

const orderFilesIn = (texts: ReadonlyArray<string>): Parsed<ReadonlyArray<OrderFile>> => {
  const files: Array<OrderFile> = []
  for (const text of texts) {
    const at = text.indexOf("=")
    const race = text.slice(0, Math.max(0, at))
    const file = text.slice(at + 1)
    if (race === "" || file === "") return Result.fail(`--orders: expected RACE=FILE, not "${text}"`)
    if (files.some((it) => keyOfTyped(it.race) === keyOfTyped(race)))
      return Result.fail(`--orders: ${race} is given twice`)
    files.push({ race, file })
  }
  return Result.succeed(files)
}

/** The races that the computer plays; none of them may have an orders file. */
const botsIn = (races: ReadonlyArray<string>, files: ReadonlyArray<OrderFile>): Parsed<ReadonlyArray<string>> => {
  const seated = new Set(files.map(({ race }) => keyOfTyped(race)))
  for (const race of races) {
    if (race === "") return Result.fail("--bot needs a race")
    if (seated.has(keyOfTyped(race))) return Result.fail(`--bot: ${race} already has orders`)
    seated.add(keyOfTyped(race))
  }
  return Result.succeed(races)
}

const radiusOf = (text: string | undefined): Parsed<number | undefined> => {
  if (text === undefined) return Result.succeed(undefined)
  const radius = isDecimal(text) ? Number(text) : 0
  return radius >= 1 && Number.isFinite(radius)
    ? Result.succeed(radius)
    : Result.fail(`--radius must be a number of light years from 1 on, not "${text}"`)
}

type Values = Readonly<Record<string, unknown>>

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const textsOf = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((it) => typeof it === "string") : []

const readers: { readonly [N in Name]: (values: Values) => Parsed<Command> } = {
  new: (values) =>
    Result.gen(function* () {
      const state = yield* needed("state", textOf(values["state"]))
      const ruleset = yield* rulesetOf(textOf(values["ruleset"]))
      const races = yield* racesIn(yield* needed("races", textOf(values["races"])), ruleset)
      const seed = yield* seedOf(textOf(values["seed"]))
      const reports = yield* folder(textOf(values["reports"]))
      return { command: "new", state, races, seed, ruleset, reports }
    }),
  check: (values) =>
    Result.gen(function* () {
      const state = yield* needed("state", textOf(values["state"]))
      const orders = yield* orderFilesIn(textsOf(values["orders"]))
      if (orders.length === 0) return yield* Result.fail("--orders is needed")
      return { command: "check", state, orders, keepGoing: values["keep-going"] === true }
    }),
  turn: (values) =>
    Result.gen(function* () {
      const state = yield* needed("state", textOf(values["state"]))
      const orders = yield* orderFilesIn(textsOf(values["orders"]))
      const bots = yield* botsIn(textsOf(values["bot"]), orders)
      const reports = yield* folder(textOf(values["reports"]))
      return { command: "turn", state, orders, bots, keepGoing: values["keep-going"] === true, reports }
    }),
  report: (values) =>
    Result.gen(function* () {
      const state = yield* needed("state", textOf(values["state"]))
      const race = yield* needed("race", textOf(values["race"]))
      return { command: "report", state, race, json: values["json"] === true }
    }),
  map: (values) =>
    Result.gen(function* () {
      const state = yield* needed("state", textOf(values["state"]))
      const race = yield* needed("race", textOf(values["race"]))
      const at = textOf(values["at"])
      const radius = yield* radiusOf(textOf(values["radius"]))
      if (at === "") return yield* Result.fail("--at needs a planet")
      if (at === undefined && radius !== undefined) return yield* Result.fail("--radius needs --at")
      return { command: "map", state, race, at, radius }
    }),
  orders: () => Result.succeed({ command: "help", text: helpOf.orders })
}

const valuesOf = (name: Name, args: ReadonlyArray<string>): Parsed<Values> =>
  Result.try({
    try: (): Values => parseArgs({ args: [...args], options: options[name], strict: true, tokens: false }).values,
    catch: (error) => (error instanceof Error ? error.message : String(error))
  })

/** Reads the arguments after the script's name. Fails with `WrongUsage`, which names the command where it is known. */
export const readCommand = (args: ReadonlyArray<string>): Result.Result<Command, WrongUsage> => {
  const [name, ...rest] = args
  if (name === "--help" || name === "help") return Result.succeed({ command: "help", text: general })
  if (name === undefined) return Result.fail(new WrongUsage({ problem: `a command is missing: ${commands}` }))
  if (!isName(name)) return Result.fail(new WrongUsage({ problem: `unknown command "${name}"; there are ${commands}` }))
  return valuesOf(name, rest).pipe(
    Result.flatMap((values) =>
      values["help"] === true ? Result.succeed<Command>({ command: "help", text: helpOf[name] }) : readers[name](values)
    ),
    Result.mapError((problem) => new WrongUsage({ problem, command: name }))
  )
}
