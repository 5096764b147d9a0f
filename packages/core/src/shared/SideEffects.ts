/**
 * What a transaction causes besides changing its own rows, noted down for dry runs.
 *
 * Outboxes and jobs note what they store; it is rolled back with everything else. What engines are asked to do happens
 * after the commit, so a dry run can only check that it may be asked.
 */
import { Context, Effect } from "effect"

/** One thing that is sent or done: a mail of a template, an event of a kind, an operation on an engine. */
export interface SideEffect {
  readonly kind: "mail" | "event" | "channel" | "session_ended" | "engine"
  readonly what: string
}

/** The notes of one dry run. */
export interface SideEffectNotes {
  readonly effects: Array<SideEffect>
  readonly onlyChecked: Array<string>
}

/** Present during a dry run. */
export const SideEffects = Context.Reference<SideEffectNotes | undefined>("@galaxy/core/shared/SideEffects", {
  defaultValue: () => undefined
})

/** Notes an effect `count` times; does nothing outside of a dry run. */
export const note = (effect: SideEffect, count = 1): Effect.Effect<void> =>
  Effect.map(SideEffects, (notes) => {
    if (notes === undefined) return
    for (let i = 0; i < count; i++) notes.effects.push(effect)
    if (effect.kind === "engine")
      notes.onlyChecked.push(`the engine was not asked to ${effect.what.replaceAll("_", " ")}`)
  })
