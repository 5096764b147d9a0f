/** The beginning of a backend's end: who depends on it hears of it before anything of it is gone. */
import { Deferred, Effect } from "effect"

/** Begins once. */
export interface Departure {
  readonly begun: () => boolean
  /** Tells everybody who waits for it. */
  readonly begin: Effect.Effect<void>
  /** Waits until it has begun. */
  readonly awaited: Effect.Effect<void>
}

/** One that hasn't begun. */
export const make = (): Departure => {
  const told = Deferred.makeUnsafe<void>()
  return {
    begun: () => Deferred.isDoneUnsafe(told),
    begin: Effect.asVoid(Deferred.succeed(told, undefined)),
    awaited: Deferred.await(told)
  }
}
