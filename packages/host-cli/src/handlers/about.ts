/** Commands that tell about the command line itself. */
import { reasonsOf, statusOf } from "@galaxy/contract/api/ApiError"
import { release } from "@galaxy/contract/release"
import { Effect, Option } from "effect"
import * as Completions from "effect/cli/Completions"
import type { FlagDoc } from "effect/cli/HelpDoc"
import { exitCodes, NoSuchTarget } from "../failures.ts"
import { allDocs, type CommandDoc, docOf } from "../help/docs.ts"
import { topics } from "../help/texts.ts"
import { topicNames } from "../help/topics.ts"
import { Host } from "../host/Host.ts"
import { operations } from "../operations/operations.ts"
import type { Operation } from "../operations/types.ts"
import { Output } from "../output/Output.ts"
import { helpText, withoutChoices } from "../tree/formatter.ts"
import { Tree } from "../tree/Tree.ts"
import { withServices } from "./services.ts"

/** Prints a completion script. */
export const completion = (shell: Completions.Shell) =>
  withServices(
    Effect.gen(function* () {
      const root = yield* Tree
      yield* (yield* Output).raw(`${Completions.generate("galaxy-admin", shell, Completions.fromCommand(root))}\n`)
    })
  )

/** Explains a topic, or shows a command's help. */
export const help = (words: ReadonlyArray<string>) =>
  withServices(
    Effect.gen(function* () {
      const { stdout } = yield* Host
      const topic = topicNames.find((it) => it === words.join(" "))
      if (topic !== undefined) return yield* stdout.write(topics[topic])
      const doc = yield* docOf(yield* Tree, words)
      if (doc === undefined) {
        return yield* new NoSuchTarget({
          message: `There is no topic and no command "${words.join(" ")}".`,
          hint: `Topics: ${topicNames.join(", ")}`
        })
      }
      yield* stdout.write(helpText(doc, stdout.isTerminal ? stdout.columns : 80))
    })
  )

const flagData = (flag: FlagDoc) => ({
  name: `--${flag.name}`,
  aliases: flag.aliases,
  value: flag.type === "boolean" ? null : flag.type,
  required: flag.required,
  help: withoutChoices(flag.description)
})

const operationOf = (path: ReadonlyArray<string>) =>
  (Object.keys(operations) as ReadonlyArray<Operation>).find((it) => operations[it].path.join(" ") === path.join(" "))

const commandData = ({ path, doc }: CommandDoc) => {
  const operation = operationOf(path)
  return {
    command: path.join(" "),
    summary: doc.description,
    arguments: (doc.args ?? []).map((it) => ({
      name: it.name,
      required: it.required,
      several: it.variadic,
      help: Option.getOrElse(it.description, () => "")
    })),
    flags: doc.flags.map(flagData),
    examples: (doc.examples ?? []).map(({ command }) => `galaxy-admin ${command}`),
    ...(operation === undefined
      ? {}
      : {
          operation,
          route: operations[operation].route,
          tier: operations[operation].tier,
          output: outputOf(operation)
        })
  }
}

/** How the JSON of a command is built: the operation's answer, or its rows. */
const outputOf = (operation: Operation) => {
  const spec = operations[operation]
  return { schema: operation, ...("rows" in spec ? { items: spec.rows } : {}) }
}

/** All that the command line promises, as data. */
export const specDocument = Effect.gen(function* () {
  const docs = yield* allDocs(yield* Tree)
  const { outputSchemas } = yield* Effect.promise(() => import("../help/outputSchemas.ts"))
  const [root] = docs
  const leaves = docs.filter(({ doc }) => (doc.subcommands ?? []).length === 0)
  return {
    program: "galaxy-admin",
    release,
    flags: (root?.doc.globalFlags ?? []).map(flagData),
    commands: leaves.map(commandData),
    exit_codes: exitCodes,
    errors: { codes: Object.keys(statusOf), reasons: reasonsOf },
    ...outputSchemas()
  }
})

/** Prints it. */
export const spec = withServices(
  Effect.gen(function* () {
    const document = yield* specDocument
    yield* (yield* Output).raw(`${JSON.stringify(document, null, 2)}\n`)
  })
)
