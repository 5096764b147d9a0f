/**
 * Replay reservations in a folder, for one gateway that has it to itself: they outlive the process, however it ends.
 *
 * A reservation is on disk before its request runs. Files that are damaged, or missing where there should be some, are
 * a loss of reservations like any other; the folder of a new platform has nothing to lose.
 */
import { runIn } from "@galaxy/edge/Awaitable"
import { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore, type Reservation } from "@galaxy/edge/ReplayStore"
import * as ReservationTable from "@galaxy/edge/ReservationTable"
import * as ClockSteps from "@galaxy/edge/ClockSteps"
import * as LossWatch from "@galaxy/edge/LossWatch"
import { monotonicMillis } from "@galaxy/edge/monotonicMillis"
import { sharedFor } from "@galaxy/edge/sharedFor"
import { passed, vouched } from "@galaxy/edge/VouchedTime"
import { Effect, Layer, Schema } from "effect"
import { DiskStalled, type OpenFile, ReservationLog } from "./file/ReservationLog.ts"
import * as Outage from "../logging/Outage.ts"

/** The reservations can't be read, or no new file can be started. */
export class ReservationsUnusable extends Schema.TaggedError<ReservationsUnusable>()("ReservationsUnusable", {
  message: Schema.String
}) {}

/** Where reservations are kept, and how many; 250,000 at the same time by default. */
export interface FileReplayOptions {
  readonly folder: string
  /** Whether the platform is new, so that missing reservations are no loss. */
  readonly isNew: boolean
  /** Reservations at the same time; one more is refused. */
  readonly capacity?: number
  /** Opens files in place of the system; for tests. */
  readonly openFile?: OpenFile
}

const defaultCapacity = 250_000
/** Longest time for a write, in milliseconds. */
const deadlineMs = 5_000
/** How long the result of a probe is shared, in milliseconds: the probes of a gateway are open to anybody. */
const probeKeptMs = 1_000
const stalled = "the disk doesn't answer"

const codeOf = (cause: unknown) => (cause instanceof Error && "code" in cause ? String(cause.code) : "")
const isFull = (cause: unknown) => ["ENOSPC", "EDQUOT"].includes(codeOf(cause))

/** Without a path: the probes show it to anybody. */
const reasonOf = (cause: unknown) => {
  if (cause instanceof DiskStalled) return stalled
  return isFull(cause) ? "the disk is full" : `reservations can't be written (${codeOf(cause)})`
}

const problemOf = (cause: unknown) => {
  if (isFull(cause)) return "the disk is full; make room and start again"
  return cause instanceof Error ? cause.message : String(cause)
}

/**
 * Reads what the folder holds and continues in a new file. Fails with `ReservationsUnusable` where either isn't
 * possible.
 */
export const layer = (options: FileReplayOptions): Layer.Layer<ReplayStore, ReservationsUnusable> =>
  Layer.effect(
    ReplayStore,
    Effect.gen(function* () {
      const run = runIn(yield* Effect.context())
      const outage = Outage.make({ lost: "the replay store is lost", back: "the replay store is back" })
      const begun = yield* ClockSteps.read
      const opened = yield* Effect.acquireRelease(
        Effect.tryPromise({
          try: () => ReservationLog.open({ ...options, patienceMs: deadlineMs }, begun),
          catch: (cause) =>
            new ReservationsUnusable({
              message: `reservations can't be kept in ${options.folder}: ${problemOf(cause)}`
            })
        }),
        ({ log }) => Effect.promise(() => log.close().catch(() => undefined))
      )
      const { log, live } = opened
      const table = ReservationTable.make(options.capacity ?? defaultCapacity)
      for (const it of live) table.restore(ReservationTable.keyOf(it), begun.monotonic, it.expiresAt - begun.wall)
      const watch = LossWatch.make(opened.losses)
      watch.look(begun)
      const sayLost = Effect.logWarning("reservations may have been lost: requests signed before the loss are refused")
      if (opened.losses.lostAtMs === begun.wall) yield* sayLost

      const written = (write: () => Promise<void>) =>
        Effect.tryPromise({ try: write, catch: reasonOf }).pipe(
          Effect.timeoutOrElse({ duration: deadlineMs, orElse: () => Effect.fail(stalled) }),
          Effect.tap(() => outage.over),
          Effect.tapError(outage.begun),
          Effect.mapError((why) => new ReplayStoreUnavailable({ why }))
        )

      const nowPassed = Effect.fnUntraced(function* (futureMs: number) {
        const now = yield* ClockSteps.read
        if (watch.look(now)) {
          // It is on disk before the next reservation, and as soon as possible.
          log.lost(watch.losses())
          yield* Effect.andThen(sayLost, Effect.ignore(written(() => log.probe(now.monotonic))))
        }
        const early = passed(watch.losses(), futureMs, now.wall)
        return early === undefined ? now : yield* early
      })

      const probe = yield* sharedFor(
        Effect.flatMap(monotonicMillis, (now) => written(() => log.probe(now))),
        probeKeptMs
      )

      const reserve = Effect.fnUntraced(function* (reservation: Reservation) {
        const now = yield* nowPassed(reservation.futureMs)
        if (!vouched(watch.losses(), reservation)) return "unvouched" as const
        const { ttlMs } = reservation
        watch.reserves(ttlMs)
        const key = ReservationTable.keyOf(reservation)
        const place = table.take(key, now.monotonic, ttlMs)
        if (place === "full") return yield* new ReplayStoreUnavailable({ why: "the store is full" })
        if (place === "repeated") return place
        // The request doesn't run without this, so its id may be used again when it fails.
        yield* Effect.onError(
          written(() => log.reserve({ ...reservation, expiresAt: now.wall + ttlMs }, now.monotonic)),
          () => Effect.sync(() => table.release(key))
        )
        return place
      })

      return ReplayStore.of({
        reserve: (reservation) => run(reserve(reservation)),
        ready: (futureMs) => Effect.andThen(probe, Effect.asVoid(nowPassed(futureMs)))
      })
    })
  )
