/** What a dry run has found, as text. */
import type { Schema } from "effect"
import { seen } from "../client/form.ts"
import { cellOf, linesOf } from "../output/cells.ts"
import { safeLine } from "../output/safe.ts"

const plain = { now: 0, times: "iso", zone: "UTC" } as const

type Document = Readonly<Record<string, Schema.Json>>

const list = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> =>
  Array.isArray(value) ? (value as ReadonlyArray<Schema.Json>) : []

/** One line for each side effect, and one for each part that is only checked; empty where there is none. */
export const effectsText = (document: Document): string => {
  const effects = list(document["side_effects"]).map((it) => {
    const effect = seen(it, { kind: "text", what: "text", count: "number" })
    if (effect === undefined) return `  ${cellOf(it, plain)}\n`
    return `  ${effect.count} × ${safeLine(effect.kind.replaceAll("_", " "))}: ${safeLine(effect.what)}\n`
  })
  const checked = list(document["only_checked"]).map((it) => `  only checked: ${cellOf(it, plain)}\n`)
  return [...effects, ...checked].join("")
}

const changesText = (before: Schema.Json, after: Schema.Json): string => {
  if (before === null || after === null) return before === after ? "" : `  ${before === null ? "is made" : "is gone"}\n`
  const old = new Map(linesOf(before, plain))
  const now = new Map(linesOf(after, plain))
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => `  ${name}: ${old.get(name) || "–"} → ${now.get(name) || "–"}\n`)
    .join("")
}

/** The whole answer. */
export const dryRunText = (document: Document): string => {
  const word = (name: string) => cellOf(document[name], plain)
  const changes = changesText(document["before"] ?? null, document["after"] ?? null)
  return [
    `Dry run of ${word("action")} on ${word("target_kind")} ${word("target_id")}. Nothing was changed.\n`,
    changes === "" ? "  It would change nothing.\n" : changes,
    effectsText(document)
  ].join("")
}
