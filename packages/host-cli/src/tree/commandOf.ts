/** The command of an operation, made from its `CommandSpec`. What it does is loaded when it runs. */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Failure } from "../failures.ts"
import { Globals, readGlobals } from "../globals.ts"
import { specOf } from "../operations/operations.ts"
import type { AnySpec, Field, Given, Operation } from "../operations/types.ts"

// oxlint-disable typescript/no-explicit-any -- commands of all inputs are kept side by side
/** A command of the tree. */
export type AnyCommand = Command.Command<any, any, any, Failure, any>

const argumentOf = (field: Extract<Field, { readonly arg: string }>): Argument.Argument<unknown> => {
  const own = field.choices?.map((it) => [it, it] as const)
  if (own !== undefined)
    return Argument.ChoiceWithValue(field.arg, own).pipe(
      Argument.withDescription(`${field.help}: ${field.choices?.join(", ")}`)
    )
  if (field.kind === "int") return Argument.Int(field.arg).pipe(Argument.withDescription(field.help))
  return Argument.String(field.arg).pipe(Argument.withDescription(field.help))
}

const metavars = { text: "TEXT", int: "N", time: "TIME", user: "USER" } as const

type FlagField = Extract<Field, { readonly kind: string; readonly flag: string }>

const valueFlag = (field: FlagField): Flag.Flag<unknown> => {
  const { flag: name, kind, choices, metavar } = field
  if (kind === "bool") return Flag.Boolean(name)
  if (choices !== undefined) {
    return Flag.ChoiceWithValue(
      name,
      choices.map((it) => [it, it] as const)
    ).pipe(Flag.withMetavar(choices.length <= 4 ? choices.join("|") : name.toUpperCase()))
  }
  const flag: Flag.Flag<unknown> = kind === "int" ? Flag.Int(name) : Flag.String(name)
  return flag.pipe(Flag.withMetavar(metavar ?? metavars[kind]))
}

const flagOf = (field: FlagField): Flag.Flag<unknown> => {
  const many = field.choices !== undefined && field.choices.length > 4
  const own = field.kind === "time" ? `${field.help}: a day, or a time such as 2026-12-31T18:00Z` : field.help
  const help = many ? `${field.help}: ${field.choices?.join(", ")}` : own
  const flag = valueFlag(field).pipe(Flag.withDescription(help))
  return field.required === true ? flag : Flag.optional(flag)
}

const generate = Flag.Boolean("generate").pipe(
  Flag.withDescription("make a password and show it once"),
  Flag.withDefault(false)
)
const wait = Flag.Boolean("wait").pipe(Flag.withDescription("wait until it is done"), Flag.withDefault(false))

type Part = Argument.Argument<unknown> | Flag.Flag<unknown>

const partsOf = (spec: AnySpec): Readonly<Record<string, Part>> => {
  const parts: Record<string, Part> = {}
  for (const [name, field] of Object.entries(spec.fields)) {
    if ("arg" in field) parts[name] = argumentOf(field)
    else if ("secret" in field) {
      if (field.secret === "password") parts["generate"] = generate
      else if (field.flag !== undefined) {
        parts[name] = Flag.Boolean(field.flag).pipe(Flag.withDescription(field.help ?? ""), Flag.withDefault(false))
      }
    } else if ("flag" in field) parts[name] = flagOf(field)
  }
  return spec.wait === undefined ? parts : { ...parts, wait }
}

/** Runs the part of a command that was loaded for it, with the flags of every command read. */
export const withGlobals = <E extends Failure, R>(run: Effect.Effect<void, E, R>) =>
  Effect.flatMap(readGlobals, (globals) => Effect.provideService(run, Globals, globals))

const tierWords = {
  read: "",
  plain: "",
  undoable: "Players notice it. In a script it needs --yes.",
  final: "It can't be undone. In a script it needs --confirm with the target's name."
} as const

/** The command of an operation, under its last word. */
export const commandOf = (operation: Operation): AnyCommand => {
  const spec = specOf(operation)
  const more = [spec.detail, tierWords[spec.tier], spec.reason === "required" ? "It needs a --reason." : ""]
  const detail = more.filter((it) => it !== undefined && it !== "").join(" ")
  return Command.make(spec.path.at(-1) ?? "", partsOf(spec), (given: Given) =>
    Effect.promise(() => import("../handlers/operation.ts")).pipe(
      Effect.flatMap(({ run }) => withGlobals(run(operation, given)))
    )
  ).pipe(
    Command.withDescription(detail === "" ? `${spec.summary}.` : `${spec.summary}.\n${detail}`),
    Command.withShortDescription(spec.summary),
    Command.withExamples([{ command: spec.example }])
  ) as AnyCommand
}
