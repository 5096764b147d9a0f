/**
 * Signed event streams for verified subscribers: register with the hub, catch up, then send live events.
 *
 * A stream writes to an outlet, which says when its client is slower than what happens. `subscribe` is the same as a `Stream`.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { Cause, Clock, Context, Effect, type Exit, Layer, Option, type Stream } from "effect"
import { boundOf } from "../address.ts"
import { type Awaitable, andThen, isPromise } from "../Awaitable.ts"
import { BackendClient, type SessionIdentity } from "../BackendClient.ts"
import { EdgeCrypto } from "../EdgeCrypto.ts"
import { EdgeSettings } from "../EdgeSettings.ts"
import type { Envelope, Peer } from "../Envelope.ts"
import {
  BackendUnavailable,
  InvalidEnvelope,
  RateLimited,
  type Refusal,
  SessionRevoked,
  SessionUnknown
} from "../Refusal.ts"
import { SessionCache } from "../SessionCache.ts"
import type { Verified } from "../stages/Stage.ts"
import { Verifier } from "../Verifier.ts"
import { Attempts } from "./Attempts.ts"
import { EventStream, type StreamServices } from "./eventStream.ts"
import { Heartbeats } from "./Heartbeats.ts"
import { KeptReads } from "./KeptReads.ts"
import type { OpenStream, Outlet, StreamEnd } from "./Outlet.ts"
import { PushHub } from "./PushHub.ts"
import { type SignedEvent, signedFor } from "./signing.ts"
import { viewOf } from "./streamView.ts"

/**
 * Serves event streams. Each begins with `gateway.server_time` and ends only with a refusal: of the verification, of a
 * full hub (`RateLimited`), or later `SessionRevoked`, `ShuttingDown`, or `RateLimited` where its session has opened too
 * many after it.
 */
export class EventStreams extends Context.Service<
  EventStreams,
  {
    /** Verifies the subscription, then sends to the outlet until the session, the gateway or the client ends. */
    open(envelope: Envelope, peer: Peer, outlet: Outlet): OpenStream
    /** The same as a stream of Effect's. */
    subscribe(envelope: Envelope, peer: Peer): Stream.Stream<SignedEvent, Refusal>
  }
>()("@galaxy/edge/hub/EventStreams") {}

const pageSize = 200
const fullRetryMs = 5_000
/** When the push log starts over, every stream catches up at once: commands mustn't wait behind all of them. */
const maxCatchUps = 24

const resumeAfterOf = (payload: Uint8Array): number | InvalidEnvelope => {
  try {
    const value = codec.decode(tables, "galaxy.gateway.SubscribeRequest", payload)["resume_after"]
    if (typeof value !== "number" || value < 0) throw new Error("resume_after must not be negative")
    return value
  } catch (cause) {
    return new InvalidEnvelope({
      message: `payload_bytes is not a valid SubscribeRequest: ${cause instanceof Error ? cause.message : String(cause)}`
    })
  }
}

/** Why a session's stream may not go on. */
const refusalOf = (session: Option.Option<SessionIdentity>): SessionUnknown | SessionRevoked | undefined => {
  if (Option.isNone(session)) return new SessionUnknown()
  return session.value.status === "active" ? undefined : new SessionRevoked()
}

/** A stream that is being verified, or is open. */
class Subscription implements OpenStream {
  /** Aborted when the client goes away before its stream is open. */
  opening: AbortController | undefined
  stream: EventStream | undefined
  isClosed = false

  goOn(): void {
    this.stream?.goOn()
  }

  close(): void {
    this.isClosed = true
    this.stream?.close()
    this.opening?.abort()
  }
}

/** At most 24 reads for catching up run at a time, and each is retried over a short outage of the backend. */
export const layer: Layer.Layer<
  EventStreams,
  never,
  Verifier | SessionCache | BackendClient | EdgeCrypto | EdgeSettings | PushHub
> = Layer.effect(
  EventStreams,
  Effect.gen(function* () {
    const verifier = yield* Verifier
    const sessions = yield* SessionCache
    const backend = yield* BackendClient
    const crypto = yield* EdgeCrypto
    const settings = yield* EdgeSettings
    const hub = yield* PushHub
    const clock = yield* Clock.Clock
    const fork = Effect.runForkWith(yield* Effect.context())
    const log = (cause: Cause.Cause<unknown>) => fork(Effect.logError("an event stream failed", cause))
    const broken = (cause: unknown) => void log(Cause.die(cause))
    const attempts = new Attempts({ fork, most: maxCatchUps, broken })
    const heartbeats = yield* Heartbeats.make(clock, settings.heartbeatMs)
    const reads = new KeptReads({ read: (...asked) => backend.events(...asked), attempts, pageSize })

    const endingOf = ({ cause }: Exit.Failure<unknown, Refusal>): StreamEnd => {
      const failure = cause.reasons.find(Cause.isFailReason)
      if (failure !== undefined) return failure.error
      log(cause)
      return "defect"
    }

    const write = (stream: EventStream, event: SignedEvent): boolean => {
      heartbeats.sent(stream)
      return stream.outlet.write(event)
    }

    const send: StreamServices["send"] = (stream, it) => {
      const { deviceSessionId, requestId } = stream
      const now = Math.floor(clock.currentTimeMillisUnsafe())
      const signed = signedFor(crypto, it, { deviceSessionId, requestId, now })
      if (!isPromise(signed)) return write(stream, signed)
      signed
        .then((event) => {
          if (!stream.isOver && write(stream, event)) stream.goOn()
        })
        .catch((cause: unknown) => stream.broke(cause))
      return false
    }

    const services: StreamServices = {
      send,
      broken,
      endingOf,
      read: ({ userId }, wanted, known, done) => reads.ask(userId, wanted, known, done),
      check: ({ deviceSessionId, network }, done) =>
        attempts.run({
          attempt: () =>
            Effect.flatMap(sessions.get(deviceSessionId, network), (session) => {
              const refusal = refusalOf(session)
              return refusal === undefined ? Effect.void : Effect.fail<Refusal>(refusal)
            }),
          done
        }),
      over: (stream) => {
        hub.forget(stream)
        heartbeats.remove(stream)
      },
      inboxCapacity: hub.inboxCapacity
    }

    /** The invalidation may have come between the check and the registration with the hub. */
    const stillActive = ({ deviceSessionId, network }: EventStream, signal: AbortSignal) =>
      andThen(sessions.find(deviceSessionId, network, signal), (session) =>
        session instanceof BackendUnavailable ? session : refusalOf(session)
      )

    /** Registers the stream of a verified subscription. From then on it lives by itself. */
    const begin = (
      subscription: Subscription,
      { envelope, peer, session }: Verified,
      outlet: Outlet,
      signal: AbortSignal
    ): Awaitable<Refusal | undefined> => {
      const resumeAfter = resumeAfterOf(envelope.payloadBytes)
      if (resumeAfter instanceof InvalidEnvelope) return resumeAfter
      const { deviceSessionId, requestId } = envelope
      const network = boundOf(peer)
      const { userId } = session
      const stream = new EventStream(services, { userId, deviceSessionId, network, resumeAfter, requestId, outlet })
      if (hub.register(stream) !== undefined) return new RateLimited({ retryAfterMs: fullRetryMs })
      subscription.stream = stream
      return andThen(stillActive(stream, signal), (refusal) => {
        if (refusal === undefined) stream.start()
        return refusal
      })
    }

    const open = (envelope: Envelope, peer: Peer, outlet: Outlet): OpenStream => {
      const subscription = new Subscription()
      const opening = new AbortController()
      const { signal } = opening
      subscription.opening = opening
      const end = (ending: StreamEnd) => {
        if (subscription.isClosed) return
        if (subscription.stream !== undefined) {
          subscription.stream.fail(ending)
          return
        }
        try {
          outlet.end(ending, "request")
        } catch (cause) {
          broken(cause)
        }
      }
      const opened = (refusal: Refusal | undefined) => {
        subscription.opening = undefined
        if (refusal !== undefined) end(refusal)
      }
      const failed = (cause: unknown) => {
        subscription.opening = undefined
        // What was given up with its client is no failure.
        if (signal.aborted) return
        broken(cause)
        end("defect")
      }
      try {
        const outcome = andThen(verifier.verify("subscribe", envelope, peer, signal), (verified) => {
          if (subscription.isClosed) return undefined
          return verified instanceof Error ? verified : begin(subscription, verified, outlet, signal)
        })
        if (isPromise(outcome)) outcome.then(opened, failed)
        else opened(outcome)
      } catch (cause) {
        failed(cause)
      }
      return subscription
    }

    return EventStreams.of({ open, subscribe: viewOf(open) })
  })
)
