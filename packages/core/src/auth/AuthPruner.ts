/**
 * Deletes challenges and networks that no limit depends on any more: at the start and at intervals, in bounded batches.
 */
import { type Duration, Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import type { AuthSettings } from "./AuthSettings.ts"
import * as ChallengeStore from "./ChallengeStore.ts"
import { SignInNetworks } from "./SignInNetworks.ts"

/** The pruner's pace: a pass removes at most `batch` times `maxBatches` rows of each kind. */
export interface AuthPrunerOptions {
  /** Wait between two passes. */
  readonly every: Duration.Input
  /** Rows that one statement removes. */
  readonly batch: number
  /** Most batches of each kind that one pass removes. */
  readonly maxBatches: number
}

const defaults: AuthPrunerOptions = { every: "10 minutes", batch: 1_000, maxBatches: 100 }

/** Runs as long as the scope lives. */
export const layer = (
  options: Partial<AuthPrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | SignInNetworks | AuthSettings | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { every, batch, maxBatches } = { ...defaults, ...options }
      const challenges = yield* ChallengeStore.make
      const networks = yield* SignInNetworks
      const all = <E, R>(forget: Effect.Effect<number, E, R>) =>
        Effect.repeat(forget, { until: (removed) => removed < batch, times: maxBatches - 1 })
      yield* BackgroundLoop.start({
        name: "sign-in pruner",
        pass: Effect.asVoid(Effect.andThen(all(challenges.forget(batch)), all(networks.forget(batch)))),
        every,
        deadline: "1 minute"
      })
    })
  )
