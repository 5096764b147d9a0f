/**
 * Looks whether the database is still the same incarnation: before anything else is done at the start, and then again and
 * again, since a standby may take the server's place while backends run.
 */
import { Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import type { StorageError } from "../shared/StorageError.ts"
import { Incarnations } from "./Incarnations.ts"

/** Fails to build if the database can't be asked. The loop ends with the layer's scope. */
export const layer: Layer.Layer<never, StorageError, Incarnations | BackgroundLoops> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { check } = yield* Incarnations
    yield* check
    yield* BackgroundLoop.start({
      name: "incarnation",
      pass: Effect.asVoid(check),
      every: "5 seconds",
      deadline: "10 seconds"
    })
  })
)
