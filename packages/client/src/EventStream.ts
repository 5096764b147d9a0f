/**
 * The player's event stream: verified, in order, each event once, resumed by sequence over any number of connections.
 *
 * The gateway delivers at least once; repeated events are dropped here by their sequence. A connection that fails is
 * opened again after a random backoff of up to 1 s, doubling to 30 s, or after the time that the gateway gives; one
 * that is silent for two heartbeats counts as failed. Only failures that a retry can't cure end the stream, such as a
 * session that has ended or an event that the gateway didn't sign.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { Cause, Clock, Data, Duration, Effect, Exit, Random, Ref, Stream } from "effect"
import { type ClientError, Unavailable, Untrusted } from "./ClientError.ts"
import * as ConnectionState from "./ConnectionState.ts"
import { checkEvent, type SessionCredentials, sign } from "./envelope.ts"
import { decode, type EventOf, type PlayerEvent } from "./PlayerEvent.ts"
import { fromUnknown, type Stale } from "./refusal.ts"
import { toldToWait } from "./retryAfter.ts"
import type { Rpc, SignedEvent } from "./Rpc.ts"
import type { ServerClock } from "./ServerClock.ts"
import type { GatewayKey } from "./verify.ts"

/**
 * Where a stream begins: at the present, or after the last sequence that the program has handled. `after: 0` means the
 * present too, as the wire contract defines it.
 */
export type From = "now" | { readonly after: number }

/** The parts of a `GalaxyClient` that its streams work with. */
export interface Dependencies {
  readonly rpc: Rpc
  readonly session: SessionCredentials
  readonly gateway: GatewayKey
  readonly clock: ServerClock
  /** Verifies a signed time and sets the clock by it; fails when the gateway didn't sign it. */
  readonly correct: (requestId: string, stale: Stale) => Effect.Effect<void, Untrusted>
}

/** Two heartbeats of 20 s and some room. */
const silence = Duration.seconds(45)
const firstWaitMs = 1_000
const longestWaitMs = 30_000
const longestToldMs = 60_000

interface Position {
  /** When the last frame came. */
  readonly heardAt: number | undefined
  /** Last sequence delivered; undefined until the stream knows its position. */
  readonly last: number | undefined
  /** The gateway has said once that the user has no event yet. */
  readonly beganEmpty: boolean
  /** Failures in a row. */
  readonly failures: number
}

/** Full jitter: a random share of the step's wait, in milliseconds. */
const backoff = (failures: number) =>
  Effect.map(Random.next, (share) => share * Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10)))

/** As long as the gateway says plus a random share of a second, so that clients don't all come back at once. */
const asTold = (told: number) => Effect.map(Random.next, (share) => Math.min(longestToldMs, told) + share * firstWaitMs)

/** Somebody has asked for a new connection. */
class Hurried extends Data.TaggedError("Hurried") {}

/** A stream of events, what it is doing, and the means to hurry it. It can be read once. */
export interface Subscription {
  readonly events: Stream.Stream<PlayerEvent, ClientError>
  /** The present state and each change of it; it ends once the stream has ended. */
  readonly state: Stream.Stream<ConnectionState.ConnectionState>
  /** Tries at once where the stream waits, and opens a live connection anew, for example when a device wakes up. */
  readonly reconnectNow: Effect.Effect<void>
  /**
   * The last sequence that was read; for a stream that began at the present, the newest one there was, known once it is
   * live. A program that keeps positions keeps this one too, so that its next start misses nothing.
   */
  readonly position: Effect.Effect<number | undefined>
  /**
   * When the gateway was last heard of, in Unix milliseconds by this machine's clock, heartbeats included; undefined
   * before the first frame. A program that was frozen can tell by it that its connection is dead.
   */
  readonly heardAt: Effect.Effect<number | undefined>
}

/** The player's events from a position on, for one reader, with the state of the connection. */
export const subscribe = (deps: Dependencies, from: From): Effect.Effect<Subscription> =>
  Effect.gen(function* () {
    const position = yield* Ref.make<Position>({
      heardAt: undefined,
      last: from === "now" ? undefined : from.after,
      beganEmpty: false,
      failures: 0
    })
    const state = yield* ConnectionState.make
    return {
      events: Stream.onExit(connections(deps, position, state), (exit) =>
        state.set({ _tag: "ended", why: Exit.isFailure(exit) ? whyOf(exit.cause) : undefined })
      ),
      state: state.changes,
      reconnectNow: state.reconnectNow,
      position: Effect.map(Ref.get(position), (it) => it.last),
      heardAt: Effect.map(Ref.get(position), (it) => it.heardAt)
    }
  })

const whyOf = (cause: Cause.Cause<ClientError>): ClientError | undefined =>
  cause.reasons.find(Cause.isFailReason)?.error

/** The player's events from a position on. It reconnects by itself and fails only if a retry can't help. */
export const make = (deps: Dependencies, from: From): Stream.Stream<PlayerEvent, ClientError> =>
  Stream.unwrap(Effect.map(subscribe(deps, from), (it) => it.events))

const connections = (
  deps: Dependencies,
  position: Ref.Ref<Position>,
  state: ConnectionState.Connection
): Stream.Stream<PlayerEvent, ClientError> =>
  Stream.forever(Stream.succeed(undefined)).pipe(
    Stream.flatMap(() =>
      connection(deps, position, state).pipe(
        // An end without a reason is a lost connection: an ended session says so.
        Stream.concat(Stream.fail(new Unavailable({ message: "the stream ended" }))),
        Stream.catch((error) => {
          if (error._tag === "Hurried") return Stream.empty
          // A subscription runs nothing: it may wait for as long as any refusal says.
          const told = error._tag === "Unavailable" ? error.retryAfterMs : toldToWait(error)
          const passing = error._tag === "Unavailable" || error._tag === "Stale" || told !== undefined
          if (!passing) return Stream.fail(error)
          return Stream.fromEffectDrain(
            Effect.flatMap(
              Ref.updateAndGet(position, (it) => ({ ...it, failures: it.failures + 1 })),
              ({ failures }) => {
                // The clock has been corrected: the first retry is immediate, only repeated ones wait.
                if (told === undefined && error._tag === "Stale" && failures === 1) return Effect.void
                const wait = told === undefined ? backoff(failures) : asTold(told)
                return Effect.flatMap(wait, (millis) => state.wait(millis, failures))
              }
            )
          )
        })
      )
    )
  )

/**
 * Opens the call with the first read. A call that fails before anybody reads from it would be a rejection that nobody
 * handles, and end the program.
 */
const onceRead = <A>(open: () => AsyncIterable<A>): AsyncIterable<A> => ({
  [Symbol.asyncIterator]: () => {
    let opened: AsyncIterator<A> | undefined
    return {
      next: () => (opened ??= open()[Symbol.asyncIterator]()).next(),
      return: () => opened?.return?.() ?? Promise.resolve({ done: true, value: undefined })
    }
  }
})

const connection = (
  deps: Dependencies,
  position: Ref.Ref<Position>,
  state: ConnectionState.Connection
): Stream.Stream<PlayerEvent, ClientError | Stale | Hurried> =>
  Stream.unwrap(
    Effect.gen(function* () {
      yield* state.set({ _tag: "connecting" })
      const { last } = yield* Ref.get(position)
      const payload = codec.encode(tables, "galaxy.gateway.SubscribeRequest", { resume_after: last ?? 0 })
      const request = yield* sign(deps.session, {
        messageType: "gateway.subscribe",
        timestampMs: yield* deps.clock.now,
        payload
      })
      const abort = new AbortController()
      const frames = Stream.fromAsyncIterable(
        onceRead(() => deps.rpc.subscribeEvents(request, { signal: abort.signal })),
        (cause) => fromUnknown(cause)
      ).pipe(
        Stream.timeoutOrElse({
          duration: silence,
          orElse: () => Stream.fail(new Unavailable({ message: "nothing was received from the gateway in time" }))
        }),
        Stream.tapError((error) => (error._tag === "Stale" ? deps.correct(request.requestId, error) : Effect.void)),
        Stream.ensuring(Effect.sync(() => abort.abort())),
        Stream.interruptWhen(Effect.andThen(state.hurried, Effect.fail(new Hurried())))
      )
      let live = false
      return frames.pipe(
        Stream.mapEffect((frame) => accept(deps, position, request.requestId, frame)),
        Stream.tap(() => {
          if (live) return Effect.void
          live = true
          return state.set({ _tag: "live" })
        }),
        Stream.filter((event) => event !== undefined)
      )
    })
  )

/**
 * The gap of a stream that was cut off before the user's first event: no request can resume after 0, since the wire
 * contract takes that for the present.
 */
const missedFirst = (event: EventOf<"gateway.server_time">, newest: number): PlayerEvent => {
  const payload = { first_missing: 1, last_missing: newest, resumed_after: newest }
  return {
    ...event,
    type: "gateway.gap",
    kind: "gateway.gap",
    payload,
    payloadBytes: codec.encode(tables, "galaxy.gateway.Gap", payload)
  }
}

/** Verifies one frame and notes the position; `undefined` when there is no event to deliver. */
const accept = (deps: Dependencies, position: Ref.Ref<Position>, requestId: string, frame: SignedEvent) =>
  Effect.gen(function* () {
    yield* checkEvent(deps.gateway, deps.session.deviceSessionId, frame)
    const event = yield* decode(frame)
    const { beganEmpty, last } = yield* Ref.get(position)
    const heardAt = yield* Clock.currentTimeMillis
    yield* Ref.update(position, (it) => ({ ...it, heardAt, failures: 0 }))
    switch (event.kind) {
      case "gateway.server_time": {
        if (frame.requestId !== requestId) {
          return yield* new Untrusted({ message: "the answer belongs to another request" })
        }
        yield* deps.clock.correct(event.payload.server_time_ms)
        // A stream that began at the present learns its position here, and resumes from it after a reconnect.
        if (last !== undefined && last !== 0) return undefined
        const newest = event.payload.newest_sequence
        yield* Ref.update(position, (it) => ({ ...it, last: newest, beganEmpty: newest === 0 }))
        return beganEmpty && newest > 0 ? missedFirst(event, newest) : undefined
      }
      case "gateway.heartbeat":
        return undefined
      case "gateway.gap":
        yield* Ref.update(position, (it) => ({ ...it, last: event.payload.resumed_after }))
        return event
      default:
        if (event.sequence !== 0) {
          if (last !== undefined && event.sequence <= last) return undefined
          yield* Ref.update(position, (it) => ({ ...it, last: event.sequence }))
        }
        return event
    }
  })
