/**
 * Consent to a mutation, by its tier: what can be undone needs a yes, what can't be undone needs the target's name. A
 * script gives them by `--yes` and `--confirm`; asking for another format is no consent.
 */
import { Effect } from "effect"
import { Ask } from "../ask/Ask.ts"
import { Api, type AnyInput } from "../client/Api.ts"
import { Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { safeLine } from "../output/safe.ts"
import type { AnySpec, Operation } from "../operations/types.ts"
import { effectsText } from "./dryRun.ts"
import { describeTarget } from "./targets.ts"

/** The field whose name has to be typed: the last game or player among the arguments. */
const targetOf = (spec: AnySpec) =>
  Object.entries(spec.fields)
    .flatMap(([name, field]) =>
      "arg" in field && (field.kind === "game" || field.kind === "user") ? [{ name, kind: field.kind }] : []
    )
    .at(-1)

const described = Effect.fnUntraced(function* (spec: AnySpec, input: AnyInput) {
  const target = targetOf(spec)
  const value = (name: string) =>
    input.params?.[name] ?? (input.body as Readonly<Record<string, string>> | undefined)?.[name]
  if (target !== undefined) return yield* describeTarget(target.kind, value(target.name) ?? "")
  const first = Object.entries(spec.fields).find(([, field]) => "arg" in field)?.[0]
  const name = (first === undefined ? undefined : value(first)) ?? spec.path.join(" ")
  return { name, about: first === undefined ? spec.summary : name }
})

/** Goes on only with consent. Fails with `Usage` where it was not given and nobody can be asked, or with `Cancelled`. */
export const consent = Effect.fnUntraced(function* (operation: Operation, spec: AnySpec, input: AnyInput) {
  const globals = yield* Globals
  if (spec.tier === "read" || spec.tier === "plain") return
  if (spec.tier === "undoable" && globals.yes) return
  const ask = yield* Ask
  if (spec.tier === "undoable" && !ask.possible) {
    return yield* new Usage({ message: `"${spec.path.join(" ")}" needs a yes.`, hint: "Give it: --yes" })
  }
  if (spec.tier === "final" && globals.confirm === undefined && !ask.possible) {
    return yield* new Usage({
      message: `"${spec.path.join(" ")}" can't be undone, so it needs the target's name. --yes isn't enough.`,
      hint: "Give it: --confirm NAME"
    })
  }
  const { name, about } = yield* described(spec, input)
  if (spec.tier === "final" && globals.confirm !== undefined) {
    if (globals.confirm === name) return
    return yield* new Usage({
      message: `The target's name isn't "${safeLine(globals.confirm)}". Nothing was done.`,
      hint: about
    })
  }
  const { stderr } = yield* Host
  yield* stderr.write(`${safeLine(about)}\n${spec.summary}.\n`)
  if (spec.tier === "undoable") return yield* ask.yes("Go on?", "--yes")
  const { callAny } = yield* Api
  yield* stderr.write(effectsText(yield* callAny(operation, input, true)))
  yield* ask.typed(`It can't be undone. Type "${name}" to go on:`, name, "--confirm")
})

/** The same for several targets at once: their number stands for the name. */
export const consentToMany = Effect.fnUntraced(function* (spec: AnySpec, count: number) {
  const { yes, confirm } = yield* Globals
  if (spec.tier === "read" || spec.tier === "plain") return
  if (spec.tier === "undoable" && !yes) {
    return yield* new Usage({
      message: `"${spec.path.join(" ")}" for ${count} targets needs a yes.`,
      hint: "Give it: --yes"
    })
  }
  if (spec.tier === "final" && confirm !== String(count)) {
    return yield* new Usage({
      message: `"${spec.path.join(" ")}" can't be undone. For ${count} targets it needs their number. Nothing was done.`,
      hint: `Give it: --confirm ${count}`
    })
  }
})
