/**
 * Port: reservations of request ids, so that a request runs once.
 *
 * A store that can't say for sure refuses: a request never runs unprotected. One that has lost reservations can't say
 * anything about the time before its loss; `VouchedTime` has the rule.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { ReplayStoreUnavailable } from "./Refusal.ts"
import * as ReservationTable from "./ReservationTable.ts"

/** A request that asks to be the first with its id. Times are Unix milliseconds. */
export interface Reservation {
  readonly deviceSessionId: string
  readonly requestId: string
  /** The client's clock, as it was signed. */
  readonly timestampMs: number
  /** How far ahead of the gateway's clock a timestamp may be. */
  readonly futureMs: number
  /** How long the reservation has to be kept. */
  readonly ttlMs: number
}

/**
 * - `first`: reserved; the request may run.
 * - `repeated`: reserved before, by this request or another with its id.
 * - `unvouched`: signed before the store lost reservations, so that it may have run already.
 */
export type ReservationVerdict = "first" | "repeated" | "unvouched"

export class ReplayStore extends Context.Service<
  ReplayStore,
  {
    /** Durable before it answers `first`: whoever asks later, here or after a restart, doesn't get that answer. */
    reserve(reservation: Reservation): Effect.Effect<ReservationVerdict, ReplayStoreUnavailable>
    /** Fails unless a reservation can be written now and would be answered; `why` says what is missing. */
    ready(futureMs: number): Effect.Effect<void, ReplayStoreUnavailable>
  }
>()("@galaxy/edge/ReplayStore") {}

/**
 * Reservations in this process, gone with it: only for a gateway whose sessions end with it too, as in a test. When full
 * of what hasn't expired it refuses.
 */
export const layerMemory = (options: { readonly capacity?: number } = {}): Layer.Layer<ReplayStore> =>
  Layer.sync(ReplayStore, () => {
    const table = ReservationTable.make(options.capacity ?? 1_000_000)
    return ReplayStore.of({
      reserve: (reservation) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const place = table.take(ReservationTable.keyOf(reservation), now, now + reservation.ttlMs)
          return place === "full"
            ? Effect.fail(new ReplayStoreUnavailable({ why: "the store is full" }))
            : Effect.succeed(place)
        }),
      ready: () => Effect.void
    })
  })
