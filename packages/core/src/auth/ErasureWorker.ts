/** Erases deleted accounts when their time has come; at the start also those that a restored backup has brought back. */
import { Duration, Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { Erasures } from "./Erasures.ts"

/** Accounts that one pass erases; if there are more, the next pass begins at once. */
const batch = 50

/** Runs as long as the scope lives. */
export const layer: Layer.Layer<never, never, Erasures | BackgroundLoops> = Layer.effectDiscard(
  Effect.gen(function* () {
    const erasures = yield* Erasures
    let restored = false
    const pass = Effect.gen(function* () {
      if (!restored) {
        yield* erasures.eraseAgain
        restored = true
      }
      for (let count = 0; count < batch; count++) if (!(yield* erasures.eraseDue)) return undefined
      return Duration.zero
    })
    yield* BackgroundLoop.start({ name: "erasure", pass, every: "10 minutes", deadline: "5 minutes" })
  })
)
