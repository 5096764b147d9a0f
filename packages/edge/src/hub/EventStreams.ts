/**
 * Signed event streams for verified subscribers: register with the hub, catch up, then send live events.
 *
 * A stream writes to an outlet, which says when its client is slower than what happens. `subscribe` is the same as a `Stream`.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { Cause, Clock, Context, Effect, type Exit, type Fiber, Layer, Option, Semaphore, type Stream } from "effect"
import { boundOf } from "../address.ts"
import { isPromise, toEffect } from "../Awaitable.ts"
import { BackendClient } from "../BackendClient.ts"
import { EdgeCrypto } from "../EdgeCrypto.ts"
import { EdgeSettings } from "../EdgeSettings.ts"
import type { Envelope, Peer } from "../Envelope.ts"
import { InvalidEnvelope, RateLimited, type Refusal, SessionRevoked, SessionUnknown } from "../Refusal.ts"
import { SessionCache } from "../SessionCache.ts"
import { Verifier } from "../Verifier.ts"
import { EventStream, type StreamServices } from "./eventStream.ts"
import { Heartbeats } from "./Heartbeats.ts"
import { KeptReads, patient } from "./KeptReads.ts"
import type { Ending, OpenStream, Outlet } from "./Outlet.ts"
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

const resumeAfterOf = (payload: Uint8Array) =>
  Effect.try({
    try: () => {
      const value = codec.decode(tables, "galaxy.gateway.SubscribeRequest", payload)["resume_after"]
      if (typeof value !== "number" || value < 0) throw new Error("resume_after must not be negative")
      return value
    },
    catch: (cause) =>
      new InvalidEnvelope({
        message: `payload_bytes is not a valid SubscribeRequest: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

/** A stream that is being verified, or is open. */
class Subscription implements OpenStream {
  opening: Fiber.Fiber<EventStream, Refusal> | undefined
  stream: EventStream | undefined
  isClosed = false

  goOn(): void {
    this.stream?.goOn()
  }

  close(): void {
    this.isClosed = true
    this.stream?.close()
    this.opening?.interruptUnsafe()
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
    const turns = yield* Semaphore.make(maxCatchUps)
    const heartbeats = yield* Heartbeats.make(clock, settings.heartbeatMs)
    const reads = new KeptReads({ read: backend.events, fork, turns, pageSize })

    /** The invalidation may have come between the check and the registration with the hub. */
    const stillActive = ({ deviceSessionId, network }: EventStream) =>
      Effect.flatMap(
        sessions.get(deviceSessionId, network),
        Option.match({
          onNone: () => Effect.fail<Refusal>(new SessionUnknown()),
          onSome: (it) => (it.status === "active" ? Effect.void : Effect.fail<Refusal>(new SessionRevoked()))
        })
      )

    const log = (cause: Cause.Cause<unknown>) => fork(Effect.logError("an event stream failed", cause))

    const endingOf = ({ cause }: Exit.Failure<unknown, Refusal>): Ending => {
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
      signed.then(
        (event) => {
          if (!stream.isOver && write(stream, event)) stream.goOn()
        },
        (error: unknown) => {
          log(Cause.die(error))
          stream.fail("defect")
        }
      )
      return false
    }

    const services: StreamServices = {
      send,
      endingOf,
      read: ({ userId }, wanted, known, done) => reads.ask(userId, wanted, known, done),
      check: (stream, done) => {
        const fiber = fork(patient(turns, stillActive(stream)))
        fiber.addObserver((exit) => {
          if (!stream.isOver) done(exit)
        })
        return () => fiber.interruptUnsafe()
      },
      over: (stream) => {
        hub.forget(stream)
        heartbeats.remove(stream)
      },
      inboxCapacity: hub.inboxCapacity
    }

    /** Everything up to the registration, and whether that came in time. From then on the stream lives by itself. */
    const opened = Effect.fnUntraced(function* (
      subscription: Subscription,
      envelope: Envelope,
      peer: Peer,
      outlet: Outlet
    ) {
      const { session } = yield* toEffect((signal) => verifier.verify("subscribe", envelope, peer, signal))
      const stream = new EventStream(services, {
        userId: session.userId,
        deviceSessionId: envelope.deviceSessionId,
        network: boundOf(peer),
        resumeAfter: yield* resumeAfterOf(envelope.payloadBytes),
        requestId: envelope.requestId,
        outlet
      })
      if (hub.register(stream) !== undefined) return yield* new RateLimited({ retryAfterMs: fullRetryMs })
      subscription.stream = stream
      yield* stillActive(stream)
      return stream
    })

    const open = (envelope: Envelope, peer: Peer, outlet: Outlet): OpenStream => {
      const subscription = new Subscription()
      const opening = fork(opened(subscription, envelope, peer, outlet))
      subscription.opening = opening
      opening.addObserver((exit) => {
        subscription.opening = undefined
        if (subscription.isClosed) return
        if (exit._tag === "Success") exit.value.start()
        else if (subscription.stream !== undefined) subscription.stream.fail(endingOf(exit))
        else outlet.end(endingOf(exit), "request")
      })
      return subscription
    }

    return EventStreams.of({ open, subscribe: viewOf(open) })
  })
)
