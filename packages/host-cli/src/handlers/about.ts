/** Commands that tell about the command line itself. */
import { reasonsOf, statusOf } from "@galaxy/contract/api/ApiError"
import { release } from "@galaxy/contract/release"
import { Effect } from "effect"
import type * as Completions from "effect/cli/Completions"
import { exitCodes, NoSuchTarget } from "../failures.ts"
import { completionScript } from "../help/completions.ts"
import { allDocs, docOf } from "../help/docs.ts"
import { helpText } from "../help/formatter.ts"
import type { HelpPage, PageFlag } from "../help/page.ts"
import { topics } from "../help/texts.ts"
import { topicNames } from "../help/topics.ts"
import { Host } from "../host/Host.ts"
import { operations } from "../operations/operations.ts"
import type { Operation } from "../operations/types.ts"
import { Output } from "../output/Output.ts"
import { Tree } from "../tree/Tree.ts"
import { withServices } from "./services.ts"

/** Prints a completion script. */
export const completion = (shell: Completions.Shell) =>
  withServices(
    Effect.gen(function* () {
      yield* (yield* Output).raw(yield* completionScript(yield* Tree, shell))
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

const flagData = ({ name, aliases, value, required, help: text }: PageFlag) => ({
  name: `--${name}`,
  aliases,
  value: value ?? null,
  required,
  help: text
})

const operationOf = (path: ReadonlyArray<string>) =>
  (Object.keys(operations) as ReadonlyArray<Operation>).find((it) => operations[it].path.join(" ") === path.join(" "))

const commandData = (page: HelpPage) => {
  const operation = operationOf(page.path)
  return {
    command: page.path.join(" "),
    summary: page.description,
    arguments: page.arguments,
    flags: page.flags.map(flagData),
    examples: page.examples.map((it) => `galaxy-admin ${it}`),
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
  const leaves = docs.filter(({ groups }) => groups.length === 0)
  return {
    program: "galaxy-admin",
    release,
    flags: (root?.globals ?? []).map(flagData),
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
