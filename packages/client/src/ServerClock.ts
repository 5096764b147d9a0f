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
  /**
   * Takes a verified answer's time into account. It was made between sending and receiving, so an offset that fits in
   * between stays: how long an answer was on its way doesn't make the offset jump.
   */
  readonly observe: (answer: {
    readonly serverTimeMs: number
    /** When the request was sent, by the local clock. */
    readonly sentAtMs: number
  }) => Effect.Effect<void>
  /** Server minus local, in milliseconds. */
  readonly offset: Effect.Effect<number>
}

/** A clock whose offset is 0 until it is corrected. */
export const make: Effect.Effect<ServerClock> = Effect.map(Ref.make(0), (offset) => ({
  now: Effect.map(Effect.all([Clock.currentTimeMillis, Ref.get(offset)]), ([local, by]) => Math.round(local + by)),
  correct: (serverTimeMs) => Effect.flatMap(Clock.currentTimeMillis, (local) => Ref.set(offset, serverTimeMs - local)),
  observe: ({ sentAtMs, serverTimeMs }) =>
    Effect.flatMap(Clock.currentTimeMillis, (local) => {
      const [least, most] = [serverTimeMs - local, serverTimeMs - sentAtMs]
      return Ref.update(offset, (now) => (now >= least && now <= most ? now : (least + most) / 2))
    }),
  offset: Ref.get(offset)
}))
