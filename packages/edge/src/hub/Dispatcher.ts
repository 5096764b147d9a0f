/**
 * Follows the backend's push log: events go to the hub, invalidations to the cache and the hub.
 *
 * After a lost connection it continues from the last cursor. Where the log starts over, everything that may have been
 * missed is dropped or read again. Only the end of its scope stops it: a gateway that no longer follows would let
 * revoked sessions in.
 */
import { Cause, Duration, Effect, Layer, Random, Ref, Stream } from "effect"
import { SessionCache } from "../SessionCache.ts"
import { PushHub } from "./PushHub.ts"
import { type PushFrame, PushSource, type PushSourceLost } from "./PushSource.ts"

const firstWaitMs = 200
const longestWaitMs = 10_000

/** Runs as long as the scope lives. */
export const layer: Layer.Layer<never, never, PushSource | PushHub | SessionCache> = Layer.effectDiscard(
  Effect.gen(function* () {
    const source = yield* PushSource
    const hub = yield* PushHub
    const sessions = yield* SessionCache
    const cursor = yield* Ref.make("")
    const failures = yield* Ref.make(0)

    const act = (frame: PushFrame): Effect.Effect<void> => {
      switch (frame.type) {
        case "resume":
          // What came before the start of this log can't be known: drop everything it may have changed.
          return Effect.andThen(
            frame.outcome === "RESUMED" ? Effect.void : Effect.andThen(sessions.clear, hub.catchUpAll),
            sessions.setFollowed(true)
          )
        case "event":
          return hub.publish(frame.event)
        case "invalidation":
          return frame.userId === ""
            ? Effect.andThen(sessions.revokeSession(frame.deviceSessionId), hub.revokeSession(frame.deviceSessionId))
            : Effect.andThen(sessions.revokeUser(frame.userId), hub.revokeUser(frame.userId))
      }
    }

    /** Logged once, however many attempts it took. */
    const back = Effect.flatMap(Ref.getAndSet(failures, 0), (count) =>
      count === 0
        ? Effect.void
        : Effect.logInfo("the push stream is back").pipe(Effect.annotateLogs({ failures: count }))
    )

    const connection = Stream.unwrap(Effect.map(Ref.get(cursor), (at) => source.frames(at))).pipe(
      Stream.runForEach((frame) => act(frame).pipe(Effect.andThen(Ref.set(cursor, frame.cursor)), Effect.andThen(back)))
    )

    const backoff = Effect.gen(function* () {
      const count = yield* Ref.updateAndGet(failures, (it) => it + 1)
      const share = yield* Random.next
      yield* Effect.sleep(Duration.millis(share * Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(count - 1, 10))))
    })

    const lost = Effect.fnUntraced(function* (cause: Cause.Cause<PushSourceLost>) {
      if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
      const error = cause.reasons.find(Cause.isFailReason)?.error.message
      if (error === undefined) yield* Effect.logError("following the push stream failed", cause)
      else if ((yield* Ref.get(failures)) === 0) {
        yield* Effect.logWarning("the push stream is lost").pipe(Effect.annotateLogs({ error }))
      }
    })

    yield* sessions.setFollowed(false)
    yield* connection.pipe(
      Effect.catchCause(lost),
      Effect.andThen(sessions.setFollowed(false)),
      Effect.andThen(backoff),
      Effect.forever,
      Effect.forkScoped
    )
  })
)
