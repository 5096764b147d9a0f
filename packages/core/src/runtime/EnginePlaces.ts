/**
 * Places among the games whose engines are at work, so that a bounded number of engines is started, asked or ended at
 * once.
 */
import { Effect, Semaphore } from "effect"

/** One game's place, which it has or hasn't. All of it may be repeated. */
export interface EnginePlace {
  /** Takes a place if one is free. Returns whether the game has one. */
  readonly ifFree: Effect.Effect<boolean>
  /** Waits for a place; those who wait get theirs in the order in which they came. */
  readonly take: Effect.Effect<void>
  /** Gives the place to the next one. */
  readonly letGo: Effect.Effect<void>
}

/** Makes places of games, of which so many may be held at once. */
export const make = (count: number): Effect.Effect<() => EnginePlace> =>
  Effect.map(Semaphore.make(count), (places) => () => {
    let held = false
    const note = (has: boolean) =>
      Effect.sync(() => {
        held = has
      })
    return {
      ifFree: Effect.suspend(() =>
        held ? Effect.succeed(true) : Effect.uninterruptible(Effect.tap(places.takeIfAvailable(1), note))
      ),
      take: Effect.suspend(() =>
        held
          ? Effect.void
          : Effect.uninterruptibleMask((restore) => Effect.andThen(restore(places.take(1)), note(true)))
      ),
      letGo: Effect.suspend(() => {
        if (!held) return Effect.void
        held = false
        return Effect.asVoid(places.release(1))
      })
    }
  })
