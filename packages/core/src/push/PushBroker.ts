/**
 * Serves the push log to gateways: one live subscription per gateway, resumed by cursor.
 *
 * The log is in the database, so a slow gateway is merely behind: nothing is dropped and nothing is buffered for it
 * (docs/decisions/0301). A second subscription under the same name ends the first.
 */
import { Context, Deferred, Effect, Layer, Option, PubSub, Schema, Stream } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import type { StorageError } from "../shared/StorageError.ts"
import * as Cursor from "./Cursor.ts"
import type { LogRow } from "./LogRow.ts"
import { PushLog } from "./PushLog.ts"

/**
 * How a subscription begins. `RESUMED`: after the given cursor. `RESTARTED`: at the newest row, as the cursor is too
 * old, from another log or malformed, so rows may be missing. `FRESH`: at the newest row, as no cursor was given.
 */
export type ResumeOutcome = "RESUMED" | "RESTARTED" | "FRESH"

/**
 * One message of a subscription: first a `resume`, then rows. `cursor` is the position to resume from once the frame
 * has been processed.
 */
export type Frame =
  | { readonly type: "resume"; readonly outcome: ResumeOutcome; readonly cursor: string }
  | { readonly type: "row"; readonly row: LogRow; readonly cursor: string }

/** As many gateways as allowed are subscribed (`maxSubscriptions`), under other names. */
export class TooManySubscriptions extends Schema.TaggedError<TooManySubscriptions>()("TooManySubscriptions", {}) {}

/**
 * The subscription is over: another one of the same name replaced it, it fell so far behind that rows it hadn't read
 * were removed, or the backend is shutting down. The first frame of the next subscription says whether rows may be
 * missing.
 */
export class SubscriptionEnded extends Schema.TaggedError<SubscriptionEnded>()("SubscriptionEnded", {
  reason: Schema.Literals(["replaced", "overtaken", "shutting_down"])
}) {}

/** How a subscription fails. Rows received so far stay valid: the next subscription resumes from the last cursor. */
export type SubscribeError = StorageError | TooManySubscriptions | SubscriptionEnded

/**
 * Live subscriptions of gateways (wire.md, section 3). Rows come in the log's order and at least once: a gateway that
 * resumes from an older cursor gets rows again.
 */
export class PushBroker extends Context.Service<
  PushBroker,
  {
    /**
     * Frames for the gateway of this name; the first one says how the subscription begins. An empty cursor means none.
     * The stream ends only by failing.
     */
    subscribe(clientId: string, cursor: string): Stream.Stream<Frame, SubscribeError>
    /** How many gateways are subscribed at present. */
    readonly size: Effect.Effect<number>
  }
>()("@galaxy/core/push/PushBroker") {}

/** Bounds of the broker: polling, batch size and number of subscriptions. */
export interface PushBrokerOptions {
  /** How often a subscription reads the log without a signal, in milliseconds. */
  readonly pollMillis: number
  /** Most rows of one read, and so roughly what a subscription holds in memory. */
  readonly batch: number
  /** Most subscriptions at once, one for each gateway name. */
  readonly maxSubscriptions: number
}

const defaults: PushBrokerOptions = { pollMillis: 2_000, batch: 256, maxSubscriptions: 256 }

/**
 * The wait between looks at rows that an open transaction holds back. It doubles each time, up to the longest, which is short:
 * a revocation may be among them.
 */
const firstPauseMillis = 10
const longestPauseMillis = 250

/** `PushBroker` over the push log. When its scope ends, open subscriptions end with `shutting_down`. */
export const layer = (
  options: Partial<PushBrokerOptions> = {}
): Layer.Layer<PushBroker, never, PushLog | DatabaseSignal> =>
  Layer.effect(
    PushBroker,
    Effect.gen(function* () {
      const { pollMillis, batch, maxSubscriptions } = { ...defaults, ...options }
      const log = yield* PushLog
      const signal = yield* DatabaseSignal
      const current = new Map<string, Deferred.Deferred<never, SubscriptionEnded>>()
      let closed = false

      const end = (subscription: Deferred.Deferred<never, SubscriptionEnded>, reason: SubscriptionEnded["reason"]) =>
        Deferred.fail(subscription, new SubscriptionEnded({ reason }))

      yield* Effect.addFinalizer(() =>
        Effect.suspend(() => {
          closed = true
          return Effect.forEach([...current.values()], (it) => end(it, "shutting_down"), { discard: true })
        })
      )

      // One listener for all gateways: each holds a connection of the pool.
      const wake = yield* PubSub.sliding<void>(1)
      yield* BackgroundLoop.wakenBy(
        "push subscriptions",
        signal.signals("galaxy_push"),
        PubSub.publish(wake, undefined)
      )

      /** Registers the subscription in place of one of the same name; its place is free again when the scope ends. */
      const register = (clientId: string) =>
        Effect.acquireRelease(
          Effect.gen(function* () {
            if (closed) return yield* new SubscriptionEnded({ reason: "shutting_down" })
            const before = current.get(clientId)
            if (before === undefined && current.size >= maxSubscriptions) return yield* new TooManySubscriptions()
            const ended = yield* Deferred.make<never, SubscriptionEnded>()
            current.set(clientId, ended)
            if (before !== undefined) yield* end(before, "replaced")
            return ended
          }),
          (ended) =>
            Effect.sync(() => {
              if (current.get(clientId) === ended) current.delete(clientId)
            })
        )

      const begin = Effect.fnUntraced(function* (text: string) {
        const head = yield* log.head
        if (text === "") return { outcome: "FRESH", from: head } as const
        const cursor = Cursor.parse(text)
        if (cursor === undefined) return { outcome: "RESTARTED", from: head } as const
        const { floor } = yield* log.standing(cursor)
        // A cursor beyond the head is of another log, or of this one before it was restored from a backup.
        if (Cursor.isBefore(cursor, floor) || Cursor.isBefore(head, cursor)) {
          return { outcome: "RESTARTED", from: head } as const
        }
        return { outcome: "RESUMED", from: cursor } as const
      })

      /** All rows from a position on, waiting for more at the end. */
      const rows = (
        from: Cursor.Cursor,
        woken: PubSub.Subscription<void>
      ): Stream.Stream<LogRow, StorageError | SubscriptionEnded> => {
        const wakeups = Stream.merge(Stream.fromSubscription(woken), Stream.tick(pollMillis)).pipe(
          // One pending wake-up is enough: the next read takes everything.
          Stream.buffer({ capacity: 1, strategy: "sliding" })
        )
        let position = from
        const available = Stream.paginate<number, LogRow, StorageError | SubscriptionEnded>(
          firstPauseMillis,
          Effect.fnUntraced(function* (pause) {
            const before = position
            const read = yield* log.read(before, batch)
            position = read.at(-1)?.cursor ?? before
            const { floor, pending } = yield* log.standing(position)
            // Checked after the read: if the floor is still below, nothing that was to be read has been removed.
            if (Cursor.isBefore(before, floor)) return yield* new SubscriptionEnded({ reason: "overtaken" })
            if (read.length > 0) return [read, pending ? Option.some(firstPauseMillis) : Option.none()] as const
            if (!pending) return [read, Option.none()] as const
            // Committed, but held back by an older transaction that is still open, whose end may send no signal.
            yield* Effect.sleep(pause)
            return [read, Option.some(Math.min(2 * pause, longestPauseMillis))] as const
          })
        )
        return Stream.flatMap(wakeups, () => available)
      }

      const subscribe = (clientId: string, cursor: string) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const ended = yield* register(clientId)
            // Before anything is read, so that no signal falls in between.
            const woken = yield* PubSub.subscribe(wake)
            const { outcome, from } = yield* begin(cursor)
            yield* Effect.logInfo("a gateway subscribed").pipe(Effect.annotateLogs({ gateway: clientId, outcome }))
            const first: Frame = { type: "resume", outcome, cursor: Cursor.format(from) }
            return Stream.succeed(first).pipe(
              Stream.concat(
                Stream.map(rows(from, woken), (row): Frame => ({ type: "row", row, cursor: Cursor.format(row.cursor) }))
              ),
              Stream.interruptWhen(Deferred.await(ended))
            )
          })
        )

      return PushBroker.of({ subscribe, size: Effect.sync(() => current.size) })
    })
  )
