/**
 * What an event stream is doing, for programs that show it: whether they are up to date, when the next attempt comes,
 * and why there will be none.
 */
import { Clock, Deferred, Effect, Ref, Stream, SubscriptionRef } from "effect"
import type { ClientError } from "./ClientError.ts"

/**
 * - `connecting`: an attempt is under way.
 * - `live`: events come as they happen; those missed in between have come or are coming.
 * - `waiting`: the last attempt or connection failed; the next attempt begins at `untilMs` (Unix milliseconds by this
 *   machine's clock), or with `reconnectNow`.
 * - `ended`: nothing more comes. `why` is the error of the stream; absent where the program itself stopped reading.
 */
export type ConnectionState =
  | { readonly _tag: "connecting" }
  | { readonly _tag: "live" }
  | { readonly _tag: "waiting"; readonly untilMs: number; readonly failures: number }
  | { readonly _tag: "ended"; readonly why: ClientError | undefined }

/** The state of one stream, written by the stream alone, and the means to hurry it. */
export interface Connection {
  /** The present state and each change of it; it ends after `ended`. */
  readonly changes: Stream.Stream<ConnectionState>
  /** Ends a wait at once, and opens a connection that is live anew. Nothing is lost: the stream resumes. */
  readonly reconnectNow: Effect.Effect<void>
  readonly set: (state: ConnectionState) => Effect.Effect<void>
  /** Is done once somebody asks for a new connection. */
  readonly hurried: Effect.Effect<void>
  /** Waits so long, or until somebody is in a hurry. */
  readonly wait: (millis: number, failures: number) => Effect.Effect<void>
}

/** A connection that has not begun. */
export const make: Effect.Effect<Connection> = Effect.gen(function* () {
  const state = yield* SubscriptionRef.make<ConnectionState>({ _tag: "connecting" })
  const hurry = yield* Ref.make(yield* Deferred.make<void>())
  const hurried = Effect.flatMap(Ref.get(hurry), Deferred.await)
  const set = (next: ConnectionState) =>
    Effect.flatMap(SubscriptionRef.get(state), ({ _tag }) =>
      _tag === "connecting" && next._tag === "connecting" ? Effect.void : SubscriptionRef.set(state, next)
    )
  return {
    changes: Stream.takeUntil(SubscriptionRef.changes(state), (it) => it._tag === "ended"),
    reconnectNow: Effect.gen(function* () {
      const { _tag } = yield* SubscriptionRef.get(state)
      if (_tag === "connecting" || _tag === "ended") return
      const asked = yield* Ref.getAndSet(hurry, yield* Deferred.make<void>())
      yield* Deferred.succeed(asked, undefined)
    }),
    set,
    hurried,
    wait: (millis, failures) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        // Taken before the state is shown: whoever sees it may hurry at once.
        const asked = yield* Ref.get(hurry)
        yield* set({ _tag: "waiting", untilMs: now + Math.ceil(millis), failures })
        yield* Effect.raceFirst(Effect.sleep(millis), Deferred.await(asked))
      })
  }
})
