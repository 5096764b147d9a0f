/** Repeats ends of accounts in which a step failed, and takes the second look at those that succeeded. */
import { Duration, Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { AccountEnds } from "./AccountEnds.ts"

/** Ends that one pass runs; if there are more, the next pass begins at once. */
const batch = 20

/** Runs as long as the scope lives. */
export const layer: Layer.Layer<never, never, AccountEnds | BackgroundLoops> = Layer.effectDiscard(
  Effect.gen(function* () {
    const ends = yield* AccountEnds
    const pass = Effect.gen(function* () {
      for (let count = 0; count < batch; count++) if (!(yield* ends.repeat)) return undefined
      return Duration.zero
    })
    yield* BackgroundLoop.start({ name: "account ends", pass, every: "10 seconds", deadline: "2 minutes" })
  })
)
