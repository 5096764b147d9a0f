/**
 * Deletes challenges and networks that no limit depends on any more, and hashes the blocked addresses of earlier
 * versions: at the start and at intervals, in bounded batches.
 */
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"
import type { AuthSettings } from "./AuthSettings.ts"
import * as ChallengeStore from "./ChallengeStore.ts"
import { BlockedAddresses } from "./BlockedAddresses.ts"
import { SignInNetworks } from "./SignInNetworks.ts"

/** Runs as long as the scope lives. */
export const layer = (
  options: Partial<Pruning.PruningPace> = {}
): Layer.Layer<
  never,
  never,
  SqlClient.SqlClient | SignInNetworks | BlockedAddresses | AuthSettings | BackgroundLoops
> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const pace = { ...Pruning.pace, ...options }
      const challenges = yield* ChallengeStore.make
      const networks = yield* SignInNetworks
      const blocked = yield* BlockedAddresses
      yield* Pruning.start({
        name: "sign-in pruner",
        ...pace,
        forget: [challenges.forget(pace.batch), networks.forget(pace.batch), blocked.hashSome(pace.batch)]
      })
    })
  )
