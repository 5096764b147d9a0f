/**
 * Port: reservations of request ids, so that a request runs once.
 *
 * A store that can't be sure refuses: a request never runs unprotected. After a loss of reservations it knows nothing
 * about the time before; `VouchedTime` has the rule.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { type Awaitable, toEffect } from "./Awaitable.ts"
import type { BudgetKind, Rate } from "./Budgets.ts"
import * as ClockSteps from "./ClockSteps.ts"
import * as LossWatch from "./LossWatch.ts"
import { ReplayStoreUnavailable } from "./Refusal.ts"
import * as ReservationTable from "./ReservationTable.ts"
import { passed, vouched } from "./VouchedTime.ts"

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
 * - `unvouched`: signed before the store lost reservations, so it may have run already.
 */
export type ReservationVerdict = "first" | "repeated" | "unvouched"

/** A token that is to be taken from a bucket which all gateways share. */
export interface SharedTake {
  readonly kind: BudgetKind
  readonly key: string
  readonly rate: Rate
}

/** The id is reserved, and a bucket is empty: the first of them, in the order in which they were named. */
export interface OverBudget {
  readonly over: BudgetKind
  /** Whole milliseconds until it has a token, at least 1. */
  readonly retryAfterMs: number
}

/**
 * Reserves each request id of a session once. Where it can't be sure that an id is new, it returns
 * `ReplayStoreUnavailable` or `unvouched`. An adapter written in Effect runs `reserve` with `Awaitable.runIn`.
 */
export class ReplayStore extends Context.Service<
  ReplayStore,
  {
    /**
     * The reservation is durable before this returns `first`: nobody who asks later, even after a restart, gets `first`
     * again. It must end by itself, in bounded time.
     */
    reserve(reservation: Reservation): Awaitable<ReservationVerdict | ReplayStoreUnavailable>
    /**
     * Where budgets are counted in the store: the same, and takes a token from each bucket once the id is reserved. It stops at the
     * first that is empty; tokens taken before aren't given back.
     */
    reserveWithin?(
      reservation: Reservation,
      takes: ReadonlyArray<SharedTake>
    ): Awaitable<ReservationVerdict | OverBudget | ReplayStoreUnavailable>
    /** Fails unless a reservation could be made now; `why` says what is missing. */
    ready(futureMs: number): Effect.Effect<void, ReplayStoreUnavailable>
  }
>()("@galaxy/edge/ReplayStore") {}

/**
 * Reservations in memory, lost with the process: only for gateways whose sessions end with them, as in tests. Fails
 * when it is full of unexpired reservations.
 */
export const layerMemory = (options: { readonly capacity?: number } = {}): Layer.Layer<ReplayStore> =>
  Layer.effect(
    ReplayStore,
    Effect.map(Clock.Clock, (clock) => {
      const table = ReservationTable.make(options.capacity ?? 1_000_000)
      const watch = LossWatch.make({ lostAtMs: undefined, ahead: [] })
      /** The monotonic time, once the border of a loss has passed. */
      const nowPassed = (futureMs: number) => {
        const now = ClockSteps.readOf(clock)
        watch.look(now)
        return passed(watch.losses(), futureMs, now.wall) ?? now.monotonic
      }
      return ReplayStore.of({
        reserve: (reservation) => {
          const now = nowPassed(reservation.futureMs)
          if (now instanceof ReplayStoreUnavailable) return now
          if (!vouched(watch.losses(), reservation)) return "unvouched"
          watch.reserves(reservation.ttlMs)
          const place = table.take(ReservationTable.keyOf(reservation), now, reservation.ttlMs)
          return place === "full" ? new ReplayStoreUnavailable({ why: "the store is full" }) : place
        },
        ready: (futureMs) => Effect.asVoid(toEffect(() => nowPassed(futureMs)))
      })
    })
  )
