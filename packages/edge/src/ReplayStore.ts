/**
 * Port: reservations of request ids, so that a request runs once.
 *
 * A store that can't say for sure refuses: a request never runs unprotected.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { ReplayStoreUnavailable } from "./Refusal.ts"

export class ReplayStore extends Context.Service<
  ReplayStore,
  {
    /** True for the first who asks within `ttlMs`, false for all others. */
    reserve(deviceSessionId: string, requestId: string, ttlMs: number): Effect.Effect<boolean, ReplayStoreUnavailable>
    readonly ready: Effect.Effect<void, ReplayStoreUnavailable>
  }
>()("@galaxy/edge/ReplayStore") {}

/** Reservations in this process: for one gateway. When full of what hasn't expired it refuses. */
export const layerMemory = (options: { readonly capacity?: number } = {}): Layer.Layer<ReplayStore> =>
  Layer.sync(ReplayStore, () => {
    const capacity = options.capacity ?? 1_000_000
    // A map keeps the order of insertion, and all live equally long: the oldest are at the front.
    const expiries = new Map<string, number>()
    const drop = (now: number) => {
      for (const [key, expiry] of expiries) {
        if (expiry > now) return
        expiries.delete(key)
      }
    }
    return ReplayStore.of({
      reserve: (deviceSessionId, requestId, ttlMs) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          drop(now)
          const key = `${deviceSessionId}/${requestId}`
          if ((expiries.get(key) ?? 0) > now) return Effect.succeed(false)
          if (expiries.size >= capacity) return Effect.fail(new ReplayStoreUnavailable())
          expiries.delete(key)
          expiries.set(key, now + ttlMs)
          return Effect.succeed(true)
        }),
      ready: Effect.void
    })
  })
