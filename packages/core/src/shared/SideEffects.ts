/**
 * What a transaction causes besides changing its own rows, noted down for dry runs.
 *
 * Outboxes note what they store; it is rolled back with everything else. Work that can't be rolled back must not be
 * done in a dry run: it goes through `unlessDryRun`.
 */
import { Context, Effect } from "effect"

/** One thing that is sent or done: a mail of a template, an event of a kind, an operation on an engine. */
export interface SideEffect {
  readonly kind: "mail" | "event" | "session_ended" | "engine"
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
    if (notes !== undefined) for (let i = 0; i < count; i++) notes.effects.push(effect)
  })

/**
 * Does something that a rollback wouldn't undo. In a dry run it isn't done: the answer names it in words, and `instead`
 * is returned.
 */
export const unlessDryRun = <A, E, R>(
  inWords: string,
  work: Effect.Effect<A, E, R>,
  instead: A
): Effect.Effect<A, E, R> =>
  Effect.flatMap(SideEffects, (notes) => {
    if (notes === undefined) return work
    notes.onlyChecked.push(inWords)
    return Effect.succeed(instead)
  })
