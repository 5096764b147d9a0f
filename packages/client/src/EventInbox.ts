/**
 * A player's events one by one, for programs that wait for a certain one: bots, demos and tests.
 *
 * Bounded: whoever doesn't take its events slows its own stream down.
 */
import { type Duration, Effect, Fiber, Queue, Schema, type Scope, Stream } from "effect"
import type { PlayerEvent } from "./EventStream.ts"
import type { GalaxyClient } from "./GalaxyClient.ts"

/** What was waited for didn't come in time. */
export class EventMissing extends Schema.TaggedError<EventMissing>()("EventMissing", { message: Schema.String }) {}

export interface EventInbox {
  /** The next event that fits; others are passed over. `what` names it in the failure. */
  readonly next: (fits: (event: PlayerEvent) => boolean, what: string) => Effect.Effect<PlayerEvent, EventMissing>
  /** How the stream ended: the tag of its failure, or `end`. */
  readonly ended: Effect.Effect<string, EventMissing>
}

export interface InboxOptions {
  /** Whose events they are, for failures. */
  readonly name: string
  /** How long each wait may take; 90 seconds when absent. */
  readonly patience?: Duration.Input
}

/** Events that may wait to be taken. */
const capacity = 1_000

/** Listens to live events until the scope closes. */
export const open = (
  client: GalaxyClient,
  { name, patience = "90 seconds" }: InboxOptions
): Effect.Effect<EventInbox, never, Scope.Scope> =>
  Effect.gen(function* () {
    const events = yield* Queue.bounded<PlayerEvent>(capacity)
    const fiber = yield* client.events("now").pipe(
      Stream.runForEach((event) => Queue.offer(events, event)),
      Effect.match({ onFailure: (error) => error._tag, onSuccess: () => "end" }),
      Effect.forkScoped
    )
    const inTime = <A>(wait: Effect.Effect<A>, what: string) =>
      Effect.timeoutOrElse(wait, {
        duration: patience,
        orElse: () => Effect.fail(new EventMissing({ message: `${name} waited too long for ${what}` }))
      })
    return {
      next: (fits, what) => inTime(Queue.take(events).pipe(Effect.repeat({ until: fits })), what),
      ended: inTime(Fiber.join(fiber), "the end of the stream")
    }
  })
