/**
 * Follows the backend's push log: events go to the hub, invalidations to the cache and the hub.
 *
 * After a lost connection it continues from the last cursor. Where the log starts over, everything that may have been
 * missed is dropped or read again. Only the end of its scope stops it: a gateway that no longer follows would let
 * revoked sessions in.
 */
import { Cause, Duration, Effect, Layer, Random, Stream } from "effect"
import { monotonicMillis } from "../monotonicMillis.ts"
import { SessionCache } from "../SessionCache.ts"
import { PushHub } from "./PushHub.ts"
import { type PushFrame, PushSource, PushSourceLost } from "./PushSource.ts"

const firstWaitMs = 200
/** Short: until the backend is followed again, open streams of revoked sessions go on. */
const longestWaitMs = 800
/** After connections that began and soon ended: two gateways of one name replace each other without end. */
const longestBriefWaitMs = 10_000
/** A connection that lasted less was brief. */
const lastingMs = 10_000
/** So often the same frame may fail to be read or acted on. Then everything is read again without it. */
const maxTries = 3

/** How following goes. Changed by one fiber alone. */
interface Progress {
  /** Of the last frame that was acted on. */
  cursor: string
  failures: number
  /** Connections in a row that began and soon ended. */
  brief: number
  /** Failures in a row on the frame after `cursor`. */
  tries: number
  /** When the present connection brought its first frame, in monotonic milliseconds. */
  since: number | undefined
  /** The loss was logged, and its end wasn't. */
  isLost: boolean
}

/** Runs as long as the scope lives. */
export const layer: Layer.Layer<never, never, PushSource | PushHub | SessionCache> = Layer.effectDiscard(
  Effect.gen(function* () {
    const source = yield* PushSource
    const hub = yield* PushHub
    const sessions = yield* SessionCache
    const progress: Progress = { cursor: "", failures: 0, brief: 0, tries: 0, since: undefined, isLost: false }

    const act = (frame: Exclude<PushFrame, { readonly type: "event" }>): Effect.Effect<void> => {
      switch (frame.type) {
        case "resume":
          // What came before the start of this log can't be known: drop everything it may have changed.
          return Effect.andThen(
            frame.outcome === "RESUMED" ? Effect.void : Effect.andThen(sessions.clear, hub.catchUpAll),
            sessions.setFollowed(true)
          )
        case "invalidation":
          return frame.userId === ""
            ? Effect.andThen(sessions.revokeSession(frame.deviceSessionId), hub.revokeSession(frame.deviceSessionId))
            : Effect.andThen(sessions.revokeUser(frame.userId), hub.revokeUser(frame.userId))
      }
    }

    /** Logged once, however many attempts it took. */
    const back = Effect.suspend(() => {
      if (!progress.isLost) return Effect.void
      progress.isLost = false
      return Effect.logInfo("the push stream is back").pipe(Effect.annotateLogs({ failures: progress.failures }))
    })

    const acted = ({ cursor }: PushFrame): void => {
      if (progress.cursor !== cursor) progress.tries = 0
      progress.cursor = cursor
    }

    /** The connection has brought its first frame. */
    const begun = Effect.gen(function* () {
      progress.since ??= yield* monotonicMillis
      yield* back
    })

    /** Events, which nearly all frames are, are passed on without an effect for each. */
    const actAll = Effect.fnUntraced(function* (frames: ReadonlyArray<PushFrame>) {
      for (const frame of frames) {
        if (frame.type === "event") hub.publish(frame.event)
        else yield* act(frame)
        acted(frame)
        if (progress.since === undefined || progress.isLost) yield* begun
      }
    })

    /** A source whose stream ends without a failure has lost it, too: its next one must not follow at once. */
    const connection = Stream.suspend(() => source.frames(progress.cursor)).pipe(
      Stream.runForEachArray(actAll),
      Effect.andThen(Effect.fail(new PushSourceLost({ message: "the push stream has ended" })))
    )

    /** Full jitter: a random share of the step's wait. */
    const backoff = Effect.gen(function* () {
      const step = (count: number, longest: number) =>
        count === 0 ? 0 : Math.min(longest, firstWaitMs * 2 ** Math.min(count - 1, 10))
      const { brief, failures } = progress
      const wait = Math.max(step(failures, longestWaitMs), step(brief, longestBriefWaitMs))
      yield* Effect.sleep(Duration.millis((yield* Random.next) * wait))
    })

    /** A frame that fails again and again must not keep the gateway from all that come after it. */
    const giveUpFrame = Effect.gen(function* () {
      progress.tries++
      if (progress.tries < maxTries || progress.cursor === "") return
      yield* Effect.logError("a frame of the push stream fails again and again; streams read their events anew").pipe(
        Effect.annotateLogs({ cursor: progress.cursor })
      )
      progress.cursor = ""
      progress.tries = 0
    })

    const lost = Effect.fnUntraced(function* (cause: Cause.Cause<PushSourceLost>) {
      if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
      const error = cause.reasons.find(Cause.isFailReason)?.error
      progress.failures = progress.since === undefined ? progress.failures + 1 : 1
      if (progress.since !== undefined) {
        const lasted = (yield* monotonicMillis) - progress.since >= lastingMs
        progress.brief = lasted ? 0 : progress.brief + 1
      }
      progress.since = undefined
      if (error === undefined) yield* Effect.logError("following the push stream failed", cause)
      else if (!progress.isLost) {
        yield* Effect.logWarning("the push stream is lost").pipe(Effect.annotateLogs({ error: error.message }))
        progress.isLost = true
      }
      if (error === undefined || error.unreadable === true) yield* giveUpFrame
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
