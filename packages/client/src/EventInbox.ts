/**
 * A player's events one by one, for programs that wait for a certain one: bots, demos and tests.
 *
 * It holds a bounded number of events; a program that doesn't take them slows its own stream down.
 */
import { type Duration, Effect, Fiber, Queue, Schema, type Scope, Stream } from "effect"
import type { GalaxyClient } from "./GalaxyClient.ts"
import type { PlayerEvent } from "./PlayerEvent.ts"

/** No matching event, or no end of the stream, came within the time allowed. */
export class EventMissing extends Schema.TaggedError<EventMissing>()("EventMissing", { message: Schema.String }) {}

/** Takes events of one stream in order. Each event is given once: to whoever takes it first. */
export interface EventInbox {
  /**
   * Takes events until one fits; the others are discarded. `what` names the event in the failure. A test of the kind
   * makes the event one of that kind.
   */
  next<E extends PlayerEvent>(fits: (event: PlayerEvent) => event is E, what: string): Effect.Effect<E, EventMissing>
  next(fits: (event: PlayerEvent) => boolean, what: string): Effect.Effect<PlayerEvent, EventMissing>
  /** Waits for the end of the stream: the tag of its failure, or `end`. */
  readonly ended: Effect.Effect<string, EventMissing>
}

/** How an inbox names itself in failures, and how long it waits. */
export interface InboxOptions {
  /** The player's name in messages of failures. */
  readonly name: string
  /** Longest time of each wait; 90 seconds when absent. */
  readonly patience?: Duration.Input
}

/** Events that an inbox holds until they are taken. */
const capacity = 1_000

/** Opens a stream of live events and collects them until the scope closes. Earlier events are not received. */
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
    const next: EventInbox["next"] = (fits: (event: PlayerEvent) => boolean, what: string) =>
      inTime(Queue.take(events).pipe(Effect.repeat({ until: fits })), what)
    return {
      next,
      ended: inTime(Fiber.join(fiber), "the end of the stream")
    }
  })
