/**
 * Serves the push log to gateways: one live subscription per gateway, resumed by cursor.
 *
 * The log is in the database, so a slow gateway is simply behind: nothing is dropped and nothing is buffered for it
 * (docs/decisions/0301). A second subscription with the same name ends the first.
 */
import { Context, Deferred, Effect, Layer, Option, Schema, Stream } from "effect"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import type { StorageError } from "../shared/StorageError.ts"
import * as Cursor from "./Cursor.ts"
import { type LogRow, PushLog } from "./PushLog.ts"

/** How a subscription begins: with what the gateway asked for, after a loss, or afresh. */
export type Outcome = "RESUMED" | "RESTARTED" | "FRESH"

export type Frame =
  | { readonly type: "resume"; readonly outcome: Outcome; readonly cursor: string }
  | { readonly type: "row"; readonly row: LogRow; readonly cursor: string }

/** Too many gateways are subscribed. */
export class TooManySubscriptions extends Schema.TaggedError<TooManySubscriptions>()("TooManySubscriptions", {}) {}

export class PushBroker extends Context.Service<
  PushBroker,
  {
    /** Frames for the gateway of this name, the first of them telling how it begins. Ends when it is replaced. */
    subscribe(clientId: string, cursor: string): Stream.Stream<Frame, StorageError | TooManySubscriptions>
  }
>()("@galaxy/core/push/PushBroker") {}

export interface PushBrokerOptions {
  /** How often the log is read without a signal. */
  readonly pollMillis: number
  readonly batch: number
  readonly maxSubscriptions: number
}

export const defaults: PushBrokerOptions = { pollMillis: 2_000, batch: 256, maxSubscriptions: 256 }

const unsettledPause = "10 millis"

export const layer = (
  options: Partial<PushBrokerOptions> = {}
): Layer.Layer<PushBroker, never, PushLog | DatabaseSignal> =>
  Layer.effect(
    PushBroker,
    Effect.gen(function* () {
      const { pollMillis, batch, maxSubscriptions } = { ...defaults, ...options }
      const log = yield* PushLog
      const signal = yield* DatabaseSignal
      const current = new Map<string, Deferred.Deferred<void>>()

      /** Takes the place of a subscription of the same name; gives it back with the scope. */
      const register = (clientId: string) =>
        Effect.acquireRelease(
          Effect.gen(function* () {
            const before = current.get(clientId)
            if (before === undefined && current.size >= maxSubscriptions) {
              return yield* new TooManySubscriptions()
            }
            const replaced = yield* Deferred.make<void>()
            current.set(clientId, replaced)
            if (before !== undefined) {
              yield* Deferred.succeed(before, undefined)
              yield* Effect.logInfo("a gateway subscribed again").pipe(Effect.annotateLogs({ gateway: clientId }))
            }
            return replaced
          }),
          (replaced) =>
            Effect.sync(() => {
              if (current.get(clientId) === replaced) current.delete(clientId)
            })
        )

      const begin = Effect.fnUntraced(function* (text: string) {
        const head = yield* log.head
        if (text === "") return { outcome: "FRESH", from: head } as const
        const cursor = Cursor.parse(text)
        const floor = yield* log.floor
        // A cursor beyond the head is of another log, or of this one before it was restored from a backup.
        if (cursor === undefined || Cursor.isBefore(cursor, floor) || Cursor.isBefore(head, cursor)) {
          return { outcome: "RESTARTED", from: head } as const
        }
        return { outcome: "RESUMED", from: cursor } as const
      })

      /** All rows from a position on, waiting for more at the end. */
      const rows = (from: Cursor.Cursor) => {
        const wakeups = Stream.merge(signal.signals("galaxy_push"), Stream.tick(pollMillis)).pipe(
          // One pending wake-up is enough: the next read takes everything.
          Stream.buffer({ capacity: 1, strategy: "sliding" })
        )
        let position = from
        const more = Option.some(undefined)
        const available = Stream.paginate<undefined, LogRow, StorageError>(
          undefined,
          Effect.fnUntraced(function* () {
            const read = yield* log.read(position, batch)
            position = read.at(-1)?.cursor ?? position
            if (read.length === batch) return [read, more] as const
            // Committed, but behind an older transaction that is still open: its end sends no signal of its own.
            const waiting = yield* log.isPending(position)
            if (waiting) yield* Effect.sleep(unsettledPause)
            return [read, waiting ? more : Option.none()] as const
          })
        )
        return Stream.flatMap(wakeups, () => available)
      }

      const subscribe = (clientId: string, cursor: string) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const replaced = yield* register(clientId)
            const { outcome, from } = yield* begin(cursor)
            const first: Frame = { type: "resume", outcome, cursor: Cursor.format(from) }
            return Stream.concat(
              Stream.succeed(first),
              Stream.map(rows(from), (row): Frame => ({ type: "row", row, cursor: Cursor.format(row.cursor) }))
            ).pipe(Stream.interruptWhen(Deferred.await(replaced)))
          })
        )

      return PushBroker.of({ subscribe })
    })
  )
