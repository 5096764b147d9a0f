/**
 * User events in two Redis Streams of bounded length: one for accounts that begin and end, one for all other changes.
 *
 * Redis must be there at the start. When it goes away later, events wait in a bounded queue, from which the oldest are
 * lost; nothing else notices.
 */
import { UserEvents, type UserEvent, userEventTypes } from "@galaxy/core/account/UserEvents"
import { newId } from "@galaxy/core/shared/NewId"
import { DateTime, Deferred, Effect, Layer, Metric, Queue, type Redacted, Schema } from "effect"
import * as RedisConnection from "../gateway/redis/RedisConnection.ts"
import { type RedisFault, sentence } from "../gateway/redis/RedisFault.ts"
import * as Outage from "../logging/Outage.ts"

/** Redis can't be used at the start. */
export class UserEventsUnavailable extends Schema.TaggedError<UserEventsUnavailable>()("UserEventsUnavailable", {
  message: Schema.String
}) {}

/** A stream's key and how many entries it keeps. */
export interface StreamOptions {
  readonly key: string
  readonly maxLength: number
}

/** Which Redis, and the two streams in it. */
export interface RedisUserEventsOptions {
  readonly url: Redacted.Redacted
  /** Host and port, for messages. */
  readonly place: string
  /** Longest time to connect and for each event, in milliseconds. */
  readonly timeoutMs: number
  readonly domain: StreamOptions
  readonly lifecycle: StreamOptions
}

/** Events that wait while Redis is away; beyond that the oldest are lost. */
const mostWaiting = 1_000
/** How long the end of the process waits for events that haven't been sent, in milliseconds. */
const flushMs = 1_000
const waitMs = 250

const events = Metric.counter("userservice_events_total", {
  description: "user events by stream and by what became of them",
  incremental: true
})

/** An event keeps its id when it is sent again: Redis may have it already, although its answer was lost. */
interface Waiting {
  readonly id: string
  readonly event: UserEvent
}

const isLifecycle = (event: UserEvent) => (userEventTypes.lifecycle as ReadonlyArray<string>).includes(event.type)

/** Connects first; fails with `UserEventsUnavailable` where Redis can't be reached or refuses. */
export const layer = (options: RedisUserEventsOptions): Layer.Layer<UserEvents, UserEventsUnavailable> =>
  Layer.effect(
    UserEvents,
    Effect.gen(function* () {
      const queue = yield* Queue.sliding<Waiting>(mostWaiting)
      const outage = Outage.make({ lost: "user events can't be sent", back: "user events are sent again" })
      const count = (event: UserEvent, outcome: "sent" | "lost") =>
        Metric.update(
          Metric.withAttributes(events, { stream: isLifecycle(event) ? "lifecycle" : "domain", outcome }),
          1
        )

      const send = Effect.fnUntraced(function* (connection: RedisConnection.RedisConnection, { id, event }: Waiting) {
        const { key, maxLength } = isLifecycle(event) ? options.lifecycle : options.domain
        const fields = {
          event_id: id,
          event_type: event.type,
          user_id: event.userId,
          occurred_at: DateTime.formatIso(event.at),
          details: JSON.stringify(event.details ?? {})
        }
        yield* connection.ask((redis) => redis.xadd(key, "MAXLEN", maxLength, "*", ...Object.entries(fields).flat()))
        yield* count(event, "sent")
      })

      /** The event that is being sent; kept until Redis has it. */
      let pending: Waiting | undefined
      const drain = Effect.fnUntraced(function* (connection: RedisConnection.RedisConnection) {
        while (true) {
          pending ??= yield* Queue.take(queue)
          yield* send(connection, pending)
          pending = undefined
          yield* outage.over
        }
      })

      const first = yield* Deferred.make<void, RedisFault>()
      const once = Effect.scoped(
        Effect.gen(function* () {
          const connection = yield* RedisConnection.open(options.url, undefined, options.timeoutMs)
          yield* connection.ask((redis) => redis.ping())
          yield* Deferred.succeed(first, undefined)
          yield* outage.over
          return yield* Effect.raceFirst(drain(connection), connection.lost)
        })
      ).pipe(
        Effect.catch((fault) => Effect.andThen(Deferred.fail(first, fault), outage.begun(sentence(fault)))),
        Effect.andThen(Effect.sleep(waitMs))
      )

      const isEmpty = Effect.map(Queue.size(queue), (size) => size === 0 && pending === undefined)
      // Registered before the sender, so that it runs after the sender has ended; what is left then is lost.
      yield* Effect.addFinalizer(() =>
        Effect.gen(function* () {
          const left = yield* Queue.clear(queue)
          for (const { event } of [...(pending === undefined ? [] : [pending]), ...left]) yield* count(event, "lost")
        })
      )
      yield* Effect.forkScoped(Effect.forever(once))
      yield* Effect.addFinalizer(() =>
        Effect.repeat(Effect.andThen(Effect.sleep("20 millis"), isEmpty), { until: (empty) => empty }).pipe(
          Effect.timeoutOption(flushMs)
        )
      )
      yield* Effect.mapError(
        Deferred.await(first),
        (fault) => new UserEventsUnavailable({ message: `Redis at ${options.place} can't be used: ${sentence(fault)}` })
      )

      return UserEvents.of({
        publish: (event) =>
          Effect.gen(function* () {
            if ((yield* Queue.size(queue)) >= mostWaiting) yield* count(event, "lost")
            yield* Queue.offer(queue, { id: yield* newId, event })
          })
      })
    })
  )
