/**
 * Ends pending registrations whose time is over, one transaction each, and tells their owners.
 *
 * From its end on, an entry stands in nobody's way whether or not it was swept. The sweeper only removes it.
 */
import { Duration, Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { RaceNames } from "./RaceNames.ts"

/** The sweeper's pace. */
export interface RaceNameSweeperOptions {
  /** Wait between two passes; a minute by default. */
  readonly every: Duration.Input
  /** Most entries of one pass, after which the next one begins at once; 200 by default. */
  readonly most: number
}

/** Sweeps at once and then at intervals, as a supervised loop that ends with the layer's scope. */
export const layer = (
  options: Partial<RaceNameSweeperOptions> = {}
): Layer.Layer<never, never, RaceNames | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { every = "1 minute", most = 200 } = options
      const names = yield* RaceNames
      const pass = Effect.gen(function* () {
        for (let count = 0; count < most; count++) if (!(yield* names.expireOne)) return undefined
        return Duration.zero
      })
      yield* BackgroundLoop.start({ name: "race-name sweeper", pass, every, deadline: "2 minutes" })
    })
  )
