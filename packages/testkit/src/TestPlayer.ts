/** A signed-in player of a test, with Promises: calls through the real client, and the events that have come. */
import type { Answer, Requests } from "@galaxy/client/Calls"
import type { EventOf, PlayerEvent } from "@galaxy/client/PlayerEvent"
import type * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { EventKind } from "@galaxy/contract/events/EventKinds"
import type { MessageType } from "@galaxy/contract/routes/MessageRoutes"
import { Clock, type Context, Effect, Fiber, Stream } from "effect"
import { Inbox } from "./internal/Inbox.ts"
import { patienceMs } from "./internal/patience.ts"
import type * as players from "./players.ts"
import { NotInTime, NotPossible } from "./TestkitError.ts"

/** A player on one device. */
export interface TestPlayer {
  readonly name: string
  /** The lower-case name at example.org. */
  readonly email: string
  readonly userId: string
  /** The session and its key, for programs that make a client of their own. */
  readonly session: GalaxyClient.Options["session"]
  /** The client itself, for Effect. */
  readonly client: GalaxyClient.GalaxyClient
  /** Sends a signed command and returns its verified answer. Rejects with a `ClientError`. */
  call<M extends MessageType>(messageType: M, ...request: Args<M>): Promise<Answer<M>>
  /**
   * Takes the oldest event of this kind that hasn't been taken yet, or waits for one; others stay. `fits` narrows it
   * down. Rejects with `NotInTime` after `withinMs` of real time, a minute when absent.
   */
  event<K extends EventKind>(
    kind: K,
    fits?: (event: EventOf<K>) => boolean,
    options?: { readonly withinMs?: number }
  ): Promise<EventOf<K>>
  /** Every event that has come, taken or not, oldest first. */
  readonly events: ReadonlyArray<PlayerEvent>
}

/** The request may be left out where it has no fields. */
export type Args<M extends MessageType> =
  Record<string, never> extends Requests[M] ? readonly [request?: Requests[M]] : readonly [request: Requests[M]]

/** A player, and what the platform that it belongs to needs of it. */
export interface OwnedPlayer extends TestPlayer {
  /** How far this player's clock is ahead of the platform's, in milliseconds. */
  skewMs: number
  /** The event stream has ended afterwards, and nobody waits for an event any more. */
  close(): Promise<void>
}

const skewed = (base: Clock.Clock, byMs: () => number): Clock.Clock => {
  const millis = () => base.currentTimeMillisUnsafe() + byMs()
  const nanos = () => base.currentTimeNanosUnsafe() + BigInt(Math.round(byMs() * 1e6))
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => base.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: base.monotonicTimeNanos,
    sleep: (duration) => base.sleep(duration)
  }
}

const kinds = (events: ReadonlyArray<PlayerEvent>): string =>
  events.length === 0
    ? "nothing"
    : events
        .slice(-10)
        .map((it) => it.type)
        .join(", ")

/** A player of a sign-in, once their event stream is live. */
export const open = async (
  signedIn: players.TestPlayer,
  services: Context.Context<never>,
  clock: Clock.Clock
): Promise<OwnedPlayer> => {
  const { name, email, client, userId, session } = signedIn
  const inbox = new Inbox<PlayerEvent>()
  const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> =>
    Effect.runPromise(effect.pipe(Effect.provideService(Clock.Clock, own), Effect.provide(services)))
  const own = skewed(clock, () => player.skewMs)
  const player: OwnedPlayer = {
    name,
    email,
    userId,
    session,
    client,
    skewMs: 0,
    events: inbox.all,
    call: (messageType, ...[request]) => run(client.call(messageType, (request ?? {}) as Requests[typeof messageType])),
    event: async <K extends EventKind>(
      kind: K,
      fits: (event: EventOf<K>) => boolean = () => true,
      { withinMs = patienceMs }: { readonly withinMs?: number } = {}
    ) => {
      const isIt = (it: PlayerEvent) => it.kind === kind && fits(it as EventOf<K>)
      const late = () =>
        `${name} has waited ${withinMs} ms for ${kind}; there came ${kinds(inbox.all)}. ` +
        "Time passes when the test lets it: is something due that would cause the event? (advance, advanceToTurn)"
      return (await inbox.take(isIt, withinMs, late)) as EventOf<K>
    },
    close: async () => {
      inbox.end(new NotPossible({ message: `the platform of ${name} was closed or reset` }))
      await Effect.runPromise(Fiber.interrupt(fiber))
    }
  }
  const { events, state } = await run(client.subscribe("now"))
  const fiber = Effect.runFork(
    Stream.runForEach(events, (event) => Effect.sync(() => inbox.put(event))).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() =>
          inbox.end(new NotPossible({ message: `the event stream of ${name} has ended: ${String(exit)}` }))
        )
      ),
      Effect.ignore,
      Effect.provideService(Clock.Clock, own),
      Effect.provide(services)
    )
  )
  const live = Stream.runHead(Stream.filter(state, (it) => it._tag === "live"))
  const timer = new AbortController()
  const late = setTimeout(() => timer.abort(), patienceMs)
  try {
    await Effect.runPromise(live, { signal: timer.signal })
  } catch {
    throw new NotInTime({ message: `${name} could not subscribe to events within ${patienceMs} ms` })
  } finally {
    clearTimeout(late)
  }
  return player
}
