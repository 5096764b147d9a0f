/**
 * Takes the snapshots of entitlements again when one has ended or begun.
 *
 * Nobody is entitled for longer because of a late pass: only listings filter by snapshots, and they know when one ends.
 * A backend and a user process may both run it on one database.
 */
import { Duration, Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { Entitlements } from "./Entitlements.ts"

/** Accounts in one transaction. */
const batch = 200

/** Runs as long as the scope lives. */
export const layer: Layer.Layer<never, never, Entitlements | BackgroundLoops> = Layer.effectDiscard(
  Effect.gen(function* () {
    const entitlements = yield* Entitlements
    yield* BackgroundLoop.start({
      name: "entitlement worker",
      pass: Effect.gen(function* () {
        const done = yield* entitlements.refresh(batch)
        return done.length < batch ? undefined : Duration.zero
      }),
      every: "1 minute",
      deadline: "30 seconds"
    })
  })
)
