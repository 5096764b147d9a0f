/** Whether this gateway should get requests, for probes of HTTP and for gRPC's health checks. */
import { Context, Effect, Layer } from "effect"
import { BackendClient } from "./BackendClient.ts"
import { type BackendCounts, BackendStates } from "./BackendStates.ts"
import { EdgeSettings } from "./EdgeSettings.ts"
import { Ending } from "./Ending.ts"
import { ReplayStore } from "./ReplayStore.ts"
import { sharedFor } from "./sharedFor.ts"

/** What a probe has found. */
export interface ReadinessState {
  /** The gateway is about to end. */
  readonly isEnding: boolean
  /** Why requests can't be reserved, in a short sentence without addresses; undefined where they can. */
  readonly why: string | undefined
  /** Whether one of the backends is ready. */
  readonly backend: "ready" | "unavailable"
  /** All of them. */
  readonly backends: BackendCounts
}

/**
 * Ready means that requests can be reserved and that the gateway isn't about to end. The states of the backends are shown but
 * don't count: if gateways went out of service with their backends, all would go at once and leave players without a
 * signed answer.
 */
export const isReady = ({ isEnding, why }: ReadinessState): boolean => !isEnding && why === undefined

/** Asks for the state. However often it is asked, the replay store and the backend are asked once a while. */
export class Readiness extends Context.Service<Readiness, { readonly state: Effect.Effect<ReadinessState> }>()(
  "@galaxy/edge/Readiness"
) {}

const patience = "2 seconds"

/** Asks the replay store and the backends, each for 2 s at most. Results are kept for `probeKeptMs`. */
export const layer: Layer.Layer<Readiness, never, EdgeSettings | ReplayStore | BackendClient | BackendStates | Ending> =
  Layer.effect(
    Readiness,
    Effect.gen(function* () {
      const settings = yield* EdgeSettings
      const store = yield* ReplayStore
      const client = yield* BackendClient
      const states = yield* BackendStates
      const ending = yield* Ending
      const silent = { _tag: "silent", why: "it doesn't answer" } as const
      const probe = Effect.all(
        {
          why: store
            .ready(settings.freshnessFutureMs)
            .pipe(
              Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent) }),
              Effect.match({ onFailure: ({ why }) => why, onSuccess: () => undefined })
            ),
          backend: client.ready.pipe(
            Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent) }),
            Effect.match({ onFailure: () => "unavailable" as const, onSuccess: () => "ready" as const })
          )
        },
        { concurrency: "unbounded" }
      )
      const shared = yield* sharedFor(probe, settings.probeKeptMs)
      return Readiness.of({
        state: Effect.gen(function* (): Effect.fn.Return<ReadinessState> {
          if (yield* ending.hasBegun)
            return { isEnding: true, why: undefined, backend: "unavailable", backends: states.counts() }
          return { isEnding: false, ...(yield* shared), backends: states.counts() }
        })
      })
    })
  )
