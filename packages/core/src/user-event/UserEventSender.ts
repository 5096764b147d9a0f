/** Sends the events of accounts that wait in the database, for as long as its scope lives. */
import { type Array as Arr, Clock, Context, Duration, Effect, Layer, Queue, Schema } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { type Arrived, type UserEvent, UserEventOutbox } from "./UserEventOutbox.ts"

/** The receiver can't be reached, or has refused. It tells the operators itself. */
export class ReceiverAway extends Schema.TaggedError<ReceiverAway>()("ReceiverAway", {}) {}

/** Port: where events are sent to. */
export class UserEventReceiver extends Context.Service<
  UserEventReceiver,
  {
    /**
     * Takes the events in their order, within a few seconds. If it takes some only, it returns their ids, and the others
     * come again; of one account's events of one kind, none is taken after one that wasn't. If it fails, some may have
     * arrived; all come again.
     */
    send(events: Arr.NonEmptyReadonlyArray<UserEvent>): Effect.Effect<Arrived, ReceiverAway>
  }
>()("@galaxy/core/account/UserEventReceiver") {}

/** Events in one transaction. */
const batch = 100

/** How often the process says that it is there. Writers believe it for `keepFor`. */
const announceEvery = Duration.toNanosUnsafe(Duration.hours(1))

/** Once it is built, all further changes of accounts are told. Fails if the database can't be written. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const outbox = yield* UserEventOutbox
    const receiver = yield* UserEventReceiver
    const signal = yield* DatabaseSignal
    yield* outbox.announce
    let announcedAt = yield* Clock.monotonicTimeNanos

    const pass = Effect.gen(function* () {
      const now = yield* Clock.monotonicTimeNanos
      if (now - announcedAt >= announceEvery) {
        yield* outbox.announce
        announcedAt = now
      }
      const sent = yield* outbox
        .sendSome(batch, receiver.send)
        .pipe(Effect.catchTag("ReceiverAway", () => Effect.succeed(0)))
      return sent < batch ? undefined : Duration.zero
    })

    const wake = yield* Queue.sliding<void>(1)
    yield* BackgroundLoop.wakenBy("user events", signal.signals("galaxy_user_events"), Queue.offer(wake, undefined))
    yield* BackgroundLoop.start({
      name: "user events",
      pass,
      every: "2 seconds",
      deadline: "30 seconds",
      wake: Queue.take(wake)
    })
  })
) satisfies Layer.Layer<never, unknown, UserEventOutbox | UserEventReceiver | DatabaseSignal | BackgroundLoops>
