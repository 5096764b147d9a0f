/**
 * User events in two Redis Streams of bounded length: one for accounts that begin and end, one for all other changes.
 *
 * Redis must be there at the start. When it goes away later, events wait in the database; nothing else notices.
 */
import { UserEventReceiver, ReceiverAway } from "@galaxy/core/user-event/UserEventSender"
import type { UserEvent } from "@galaxy/core/user-event/UserEventOutbox"
import { userEventTypes } from "@galaxy/core/user-event/UserEvents"
import { DateTime, Deferred, Effect, Layer, Metric, type Redacted, Schema } from "effect"
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
  /** Longest time to connect and for each batch of events, in milliseconds. */
  readonly timeoutMs: number
  readonly domain: StreamOptions
  readonly lifecycle: StreamOptions
}

const waitMs = 250

const events = Metric.counter("userservice_events_total", {
  description: "user events sent, by stream",
  incremental: true
})

type StreamName = "lifecycle" | "domain"

/** A type that only a later release knows counts as another change. */
const streamOf = ({ type }: UserEvent): StreamName =>
  (userEventTypes.lifecycle as ReadonlyArray<string>).includes(type) ? "lifecycle" : "domain"

/** Events that are older have waited for this process or for Redis. */
const lateAfterMs = 60_000

const fieldsOf = (event: UserEvent) =>
  Object.entries({
    event_id: event.id,
    event_type: event.type,
    user_id: event.userId,
    occurred_at: DateTime.formatIso(event.at),
    details: JSON.stringify(event.details)
  }).flat()

/** Connects first; fails with `UserEventsUnavailable` where Redis can't be reached or refuses. */
export const layer = (options: RedisUserEventsOptions): Layer.Layer<UserEventReceiver, UserEventsUnavailable> =>
  Layer.effect(
    UserEventReceiver,
    Effect.gen(function* () {
      const outage = Outage.make({ lost: "user events can't be sent", back: "user events are sent again" })
      let current: RedisConnection.RedisConnection | undefined
      /** Redis answers, and doesn't take events. */
      let refusing = false
      /** How many events in a row had waited, by stream: readers had no time for what these push out. */
      const late = { lifecycle: 0, domain: 0 }

      const count = Effect.fnUntraced(function* (stream: StreamName, batch: ReadonlyArray<UserEvent>) {
        if (batch.length === 0) return
        yield* Metric.update(Metric.withAttributes(events, { stream }), batch.length)
        const since = (yield* DateTime.now).epochMilliseconds - lateAfterMs
        const before = late[stream]
        late[stream] = batch.every((it) => it.at.epochMilliseconds < since) ? before + batch.length : 0
        const { maxLength } = options[stream]
        if (before <= maxLength && late[stream] > maxLength) {
          yield* Effect.annotateLogs(
            Effect.logWarning("more events of accounts were sent at once than a stream keeps"),
            { stream, keeps: maxLength }
          )
        }
      })

      const first = yield* Deferred.make<void, RedisFault>()
      const once = Effect.scoped(
        Effect.gen(function* () {
          const connection = yield* RedisConnection.open({ url: options.url }, undefined, options.timeoutMs)
          yield* connection.ask((redis) => redis.ping())
          if (!refusing) yield* outage.over
          current = connection
          yield* Deferred.succeed(first, undefined)
          return yield* connection.lost
        })
      ).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            current = undefined
          })
        ),
        Effect.catch((fault) => Effect.andThen(Deferred.fail(first, fault), outage.begun(sentence(fault)))),
        Effect.andThen(Effect.sleep(waitMs))
      )
      yield* Effect.forkScoped(Effect.forever(once))
      yield* Effect.mapError(
        Deferred.await(first),
        (fault) => new UserEventsUnavailable({ message: `Redis at ${options.place} can't be used: ${sentence(fault)}` })
      )

      return UserEventReceiver.of({
        send: Effect.fnUntraced(function* (batch) {
          const connection = current
          if (connection === undefined) return yield* new ReceiverAway()
          /** Once a stream has refused an event, none after it counts as arrived there, so that its order is kept. */
          const arrived: Array<UserEvent> = []
          const refused = yield* connection
            .ask(async (redis) => {
              const pipeline = redis.pipeline()
              for (const event of batch) {
                const { key, maxLength } = options[streamOf(event)]
                pipeline.xadd(key, "MAXLEN", maxLength, "*", ...fieldsOf(event))
              }
              const answers = (await pipeline.exec()) ?? []
              const faults = new Map<StreamName, Error>()
              for (const [index, event] of batch.entries()) {
                const stream = streamOf(event)
                const error = answers[index]?.[0]
                if (error) faults.set(stream, faults.get(stream) ?? error)
                else if (!faults.has(stream)) arrived.push(event)
              }
              for (const error of faults.values()) throw error
            })
            .pipe(
              Effect.as(false),
              Effect.catch(({ kind }) => {
                refusing = kind !== "unreachable"
                return arrived.length === 0 ? Effect.fail(new ReceiverAway()) : Effect.succeed(true)
              })
            )
          for (const stream of ["lifecycle", "domain"] as const) {
            yield* count(
              stream,
              arrived.filter((it) => streamOf(it) === stream)
            )
          }
          if (refused) return new Set(arrived.map((it) => it.id))
          refusing = false
          yield* outage.over
          return undefined
        })
      })
    })
  )
