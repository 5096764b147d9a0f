/**
 * The server's time as this client knows it: the local clock plus an offset learned from signed times.
 *
 * Only times that the pinned gateway signed may move the offset.
 */
import { Clock, Effect, Ref } from "effect"

/**
 * Gives the timestamps of requests, so that a device whose clock is wrong stays within the gateway's freshness window.
 */
export interface ServerClock {
  /** Unix milliseconds by the server's clock. */
  readonly now: Effect.Effect<number>
  /** Sets the offset by a time that the gateway has just signed; the caller has verified the signature. */
  readonly correct: (serverTimeMs: number) => Effect.Effect<void>
  /** Server minus local, in milliseconds. */
  readonly offset: Effect.Effect<number>
}

/** A clock whose offset is 0 until it is corrected. */
export const make: Effect.Effect<ServerClock> = Effect.map(Ref.make(0), (offset) => ({
  now: Effect.map(Effect.all([Clock.currentTimeMillis, Ref.get(offset)]), ([local, by]) => Math.round(local + by)),
  correct: (serverTimeMs) => Effect.flatMap(Clock.currentTimeMillis, (local) => Ref.set(offset, serverTimeMs - local)),
  offset: Ref.get(offset)
}))
