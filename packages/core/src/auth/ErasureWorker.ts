/** Erases deleted accounts when their time has come; at the start also those that a restored backup has brought back. */
import { Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { Erasures } from "./Erasures.ts"

/** Runs as long as the scope lives. */
export const layer: Layer.Layer<never, never, Erasures | BackgroundLoops> = Layer.effectDiscard(
  Effect.gen(function* () {
    const erasures = yield* Erasures
    let restored = false
    const pass = Effect.gen(function* () {
      if (!restored) {
        const { failed } = yield* erasures.eraseAgain
        restored = failed === 0
      }
      yield* erasures.eraseDue
    })
    yield* BackgroundLoop.start({ name: "erasure", pass, every: "10 minutes", deadline: "5 minutes" })
  })
)
