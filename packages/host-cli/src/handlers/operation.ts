/** Runs the command of any operation: reads what it needs, gets consent, calls, shows the answer. */
import { Effect } from "effect"
import { type AnyInput, Api } from "../client/Api.ts"
import { type Failure, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import type { Host } from "../host/Host.ts"
import { specOf } from "../operations/operations.ts"
import type { AnySpec, Given, Operation } from "../operations/types.ts"
import { Output } from "../output/Output.ts"
import { consent } from "./consent.ts"
import { dryRunText } from "./dryRun.ts"
import { inputOf } from "./inputs.ts"
import { runMany } from "./many.ts"
import { withServices } from "./services.ts"
import { beforeWaiting, waitFor } from "./wait.ts"

const list = Effect.fnUntraced(function* (operation: Operation, spec: AnySpec, input: AnyInput, paged: boolean) {
  const output = yield* Output
  const { page } = yield* Api
  const rows = spec.rows ?? ""
  yield* output.list(
    (cursor, limit) =>
      page(
        operation,
        {
          ...input,
          query: {
            ...input.query,
            ...(paged ? { limit: String(limit) } : {}),
            ...(cursor === undefined ? {} : { cursor })
          }
        },
        rows
      ),
    {
      columns: spec.columns ?? [],
      wide: spec.wide,
      more: Effect.promise(async () => (await import("../help/fieldNames.ts")).fieldNames(operation, rows))
    }
  )
})

/** Lists whose answer has no pages. */
const unpaged: ReadonlySet<Operation> = new Set<Operation>([
  "adminGames.members",
  "adminGeo.countries",
  "adminMail.attempts"
])

const act = Effect.fnUntraced(function* (operation: Operation, spec: AnySpec, given: Given) {
  const output = yield* Output
  const { callAny } = yield* Api
  const globals = yield* Globals
  const input = yield* inputOf(spec, given)
  if (globals.dryRun) {
    const document = yield* callAny(operation, input, true)
    return yield* output.item(document, output.terminal ? dryRunText(document) : undefined)
  }
  yield* consent(operation, spec, input)
  const wait = given["wait"] === true ? spec.wait : undefined
  const before = wait === undefined ? undefined : yield* beforeWaiting(wait, input)
  const answer = yield* callAny(operation, input).pipe(
    Effect.tapError((failure) =>
      // The server may have taken the password, and nobody would know it.
      given["generate"] === true && failure._tag === "NoAnswer" && failure.sent
        ? output.item({ password: passwordOf(input), done: "unknown" })
        : Effect.void
    )
  )
  const settled = wait === undefined ? answer : yield* waitFor(wait, input, answer, before)
  yield* output.item(given["generate"] === true ? { ...settled, password: passwordOf(input) } : settled)
})

const passwordOf = ({ body }: AnyInput) => (body as Readonly<Record<string, string>> | undefined)?.["password"] ?? ""

const firstArgument = (spec: AnySpec): string | undefined =>
  Object.entries(spec.fields).find(([, field]) => "arg" in field)?.[0]

/** Runs an operation's command. */
export const run = (operation: Operation, given: Given): Effect.Effect<void, Failure, Host | Globals> =>
  withServices(
    Effect.gen(function* () {
      const spec = specOf(operation)
      const { dryRun } = yield* Globals
      if (dryRun && spec.tier === "read") {
        return yield* new Usage({ message: "--dry-run is for commands that change something." })
      }
      const target = firstArgument(spec)
      if (target !== undefined && given[target] === "-" && spec.rows === undefined) {
        return yield* runMany(operation, spec, given, target)
      }
      if (spec.tier !== "read") return yield* act(operation, spec, given)
      const input = yield* inputOf(spec, given)
      if (spec.rows !== undefined) return yield* list(operation, spec, input, !unpaged.has(operation))
      const { callAny } = yield* Api
      return yield* (yield* Output).item(yield* callAny(operation, input))
    })
  )
