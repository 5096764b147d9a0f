/** One operation on many targets, whose ids come from standard input, one a line. */
import { Effect, Ref, type Schema } from "effect"
import { Api } from "../client/Api.ts"
import { seen } from "../client/form.ts"
import { type Failure, SomeFailed, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import type { AnySpec, Field, Given, Operation } from "../operations/types.ts"
import { jsonText, safeLine } from "../output/safe.ts"
import { errorDocument } from "../output/errors.ts"
import { Output } from "../output/Output.ts"
import { consentToMany } from "./consent.ts"
import { inputOf } from "./inputs.ts"

const longestInput = 16 * 1024 * 1024

const targets = Effect.gen(function* () {
  const { stdin } = yield* Host
  const text = yield* Effect.mapError(
    stdin.readAll(longestInput),
    ({ message }) => new Usage({ message: `Targets can't be read from standard input: ${message}.` })
  )
  return [...new Set(text.split(/\r?\n/).map((it) => it.split("\t")[0]?.trim() ?? ""))].filter((it) => it !== "")
})

interface Outcome {
  readonly target: string
  readonly failure?: Failure
  readonly answer?: Schema.Json
}

const documentOf = ({ target, failure, answer }: Outcome): Schema.Json => ({
  target,
  ok: failure === undefined,
  ...(failure === undefined ? { result: answer ?? null } : { error: errorDocument(failure) })
})

const wordOf = ({ failure, answer }: Outcome): string => {
  if (failure !== undefined) return `failed: ${safeLine(failure.message)}`
  return seen(answer, { changed: "flag" })?.changed === false ? "so already" : "done"
}

/** A password or an address: each target needs its own, and standard input holds the targets. */
const readsSecret = (spec: AnySpec, given: Given): boolean =>
  Object.entries(spec.fields).some(
    ([name, field]) =>
      "secret" in field && (field.secret === "password" || field.flag === undefined || given[name] === true)
  )

const anyId = "00000000-0000-4000-8000-000000000000"

const isId = (field: Field | undefined): boolean =>
  field !== undefined && "kind" in field && (field.kind === "game" || field.kind === "user")

/** Whether the other targets would fail of the same. */
const endsAll = (failure: Failure): boolean =>
  failure._tag === "NotSignedIn" || (failure._tag === "Refused" && failure.code === "unauthorized")

/**
 * Runs it, several at a time, and tells of each. Fails with `SomeFailed` where one
 * failed, and at once with what no target would get past, such as a wrong password.
 */
export const runMany = Effect.fnUntraced(function* (operation: Operation, spec: AnySpec, given: Given, target: string) {
  const output = yield* Output
  const { callAny, connection } = yield* Api
  const globals = yield* Globals
  if (readsSecret(spec, given)) {
    return yield* new Usage({
      message: `"${spec.path.join(" ")}" takes one target: what it needs can't be the same for several.`,
      hint: "Run it once for each target."
    })
  }
  const ids = yield* targets
  if (ids.length === 0) return yield* new Usage({ message: "Standard input holds no targets." })
  if (!globals.dryRun) yield* consentToMany(spec, ids.length)
  if (spec.reason === "required" && globals.reason === undefined) {
    return yield* new Usage({ message: "A reason is needed.", hint: "Give it: --reason TEXT" })
  }
  // What is wrong for all targets is found before the first one.
  yield* connection
  const [first = ""] = ids
  yield* inputOf(spec, { ...given, [target]: isId(spec.fields[target]) ? anyId : first })
  const stopped = yield* Ref.make(false)
  const noneWorks = yield* Ref.make<Failure | undefined>(undefined)
  const done: Array<Outcome> = []
  const tell = Effect.fnUntraced(function* (outcome: Outcome) {
    done.push(outcome)
    if (output.format === "stream-json")
      return yield* output.raw(`${jsonText({ type: "item", data: documentOf(outcome) })}\n`)
    if (output.format === "json") return
    yield* output.raw(`${safeLine(outcome.target)}\t${wordOf(outcome)}\n`)
  })
  const one = Effect.fnUntraced(function* (id: string) {
    if (yield* Ref.get(stopped)) return
    const outcome = yield* inputOf(spec, { ...given, [target]: id }).pipe(
      Effect.flatMap((input) => callAny(operation, input, globals.dryRun)),
      Effect.match({
        onFailure: (failure: Failure): Outcome => ({ target: id, failure }),
        onSuccess: (answer): Outcome => ({ target: id, answer })
      })
    )
    if (outcome.failure !== undefined && endsAll(outcome.failure)) {
      yield* Ref.set(stopped, true)
      return yield* Ref.set(noneWorks, outcome.failure)
    }
    if (outcome.failure !== undefined && !globals.keepGoing) yield* Ref.set(stopped, true)
    yield* tell(outcome)
  })
  // The first one alone: a wrong password is tried once.
  yield* one(first)
  yield* Effect.forEach(ids.slice(1), one, { concurrency: globals.jobs, discard: true })
  const all = yield* Ref.get(noneWorks)
  if (all !== undefined && done.length === 0) return yield* Effect.fail(all)
  if (output.format === "json") yield* output.raw(`${jsonText({ items: done.map(documentOf) }, 2)}\n`)
  if (all !== undefined) return yield* Effect.fail(all)
  const failed = done.filter(({ failure }) => failure !== undefined).length
  if (failed > 0) {
    const left = ids.length - done.length
    return yield* new SomeFailed({
      message: `Of ${ids.length} targets ${failed} failed${left === 0 ? "" : ` and ${left} were not tried (--keep-going tries all)`}.`
    })
  }
  yield* output.result({ count: done.length })
})
