/** Signed event streams for verified subscribers: register with the hub, catch up, then send live events. */
import { type GatewayEventKind, gatewayEventTables } from "@galaxy/contract/events/EventKinds"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Clock, Context, Effect, Layer, Option, Schedule, Semaphore, Stream } from "effect"
import { boundOf } from "../address.ts"
import { toEffect } from "../Awaitable.ts"
import { BackendClient } from "../BackendClient.ts"
import { EdgeCrypto } from "../EdgeCrypto.ts"
import { EdgeSettings } from "../EdgeSettings.ts"
import type { Envelope, Peer } from "../Envelope.ts"
import { InvalidEnvelope, RateLimited, type Refusal, SessionRevoked, SessionUnknown, ShuttingDown } from "../Refusal.ts"
import { SessionCache } from "../SessionCache.ts"
import { Verifier } from "../Verifier.ts"
import * as eventStream from "./eventStream.ts"
import { type EndReason, PushHub } from "./PushHub.ts"

/**
 * The `GatewayEvent` of wire.md. `sequence` is 0 for the gateway's own events. The signature also covers the session of
 * the stream, so an event doesn't verify on another stream.
 */
export interface SignedEvent {
  readonly eventType: string
  readonly eventId: string
  readonly timestampMs: bigint
  readonly payloadBytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
  readonly requestId: string
  readonly traceId: string
  readonly sequence: bigint
}

/**
 * Serves event streams. Each begins with `gateway.server_time` and ends only with a refusal: of the verification, of a
 * full hub (`RateLimited`), or later `SessionRevoked`, `ShuttingDown`, or `RateLimited` where its session has opened too
 * many after it.
 */
export class EventStreams extends Context.Service<
  EventStreams,
  {
    /** Verifies the subscription, then streams until the session or the gateway ends. */
    subscribe(envelope: Envelope, peer: Peer): Stream.Stream<SignedEvent, Refusal>
  }
>()("@galaxy/edge/hub/EventStreams") {}

/** An event before it is signed. */
interface Unsigned {
  readonly eventType: string
  readonly eventId: string
  readonly payload: Uint8Array
  readonly requestId: string
  readonly traceId: string
  readonly sequence: number
}

const pageSize = 200
/** A catch-up outlives a short outage of the backend; after a longer one the client connects again. */
const retries = {
  times: 4,
  schedule: Schedule.exponential("100 millis"),
  while: (refusal: Refusal) => refusal._tag === "backend_unavailable"
}
const fullRetryMs = 5_000
/** When the push log starts over, every stream catches up at once: commands mustn't wait behind all of them. */
const maxCatchUps = 24

const refusalOf = (reason: EndReason): Refusal => {
  switch (reason) {
    case "session_revoked":
      return new SessionRevoked()
    case "shutting_down":
      return new ShuttingDown()
    case "displaced":
      return new RateLimited({ retryAfterMs: fullRetryMs })
  }
}

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
    const catchUps = yield* Semaphore.make(maxCatchUps)

    /** Reads for a stream: a few at a time, and again after a short outage. */
    const reading = <A>(read: Effect.Effect<A, Refusal>) => Effect.retry(catchUps.withPermit(read), retries)

    const unsigned = Effect.fnUntraced(function* (it: eventStream.Outgoing, requestId: string) {
      const now = Math.floor(yield* Clock.currentTimeMillis)
      const gateway = (eventType: GatewayEventKind, payload: codec.JsonObject, answers = ""): Unsigned => ({
        eventType,
        eventId: globalThis.crypto.randomUUID(),
        payload: codec.encode(tables, gatewayEventTables[eventType], payload),
        requestId: answers,
        traceId: "",
        sequence: 0
      })
      switch (it.type) {
        case "server_time":
          return gateway("gateway.server_time", { server_time_ms: now, newest_sequence: it.newest }, requestId)
        case "gap":
          return gateway("gateway.gap", {
            first_missing: it.first,
            last_missing: it.last,
            resumed_after: it.resumedAfter
          })
        case "heartbeat":
          return gateway("gateway.heartbeat", { server_time_ms: now })
        case "event":
          return { ...it.event, eventType: it.event.kind }
      }
    })

    const sign = Effect.fnUntraced(function* (event: Unsigned, deviceSessionId: string) {
      const fields = {
        eventType: event.eventType,
        eventId: event.eventId,
        timestampMs: BigInt(Math.floor(yield* Clock.currentTimeMillis)),
        requestId: event.requestId,
        traceId: event.traceId,
        sequence: BigInt(event.sequence),
        payloadHash: yield* toEffect(() => crypto.sha256(event.payload))
      }
      const signature = yield* toEffect(() => crypto.sign(SigningInput.event({ ...fields, deviceSessionId })))
      return { ...fields, payloadBytes: event.payload, signature }
    })

    /** The invalidation may have come between the check and the registration with the hub. */
    const stillActive = (deviceSessionId: string, of: string | undefined) =>
      Effect.flatMap(
        sessions.get(deviceSessionId, of),
        Option.match({
          onNone: () => Effect.fail<Refusal>(new SessionUnknown()),
          onSome: (it) => (it.status === "active" ? Effect.void : Effect.fail<Refusal>(new SessionRevoked()))
        })
      )

    const subscribe = (envelope: Envelope, peer: Peer): Stream.Stream<SignedEvent, Refusal> =>
      Stream.unwrap(
        Effect.gen(function* () {
          const { session } = yield* toEffect((signal) => verifier.verify("subscribe", envelope, peer, signal))
          const { deviceSessionId, requestId } = envelope
          const of = boundOf(peer)
          const resumeAfter = yield* resumeAfterOf(envelope.payloadBytes)
          const registration = yield* hub
            .register({
              userId: session.userId,
              deviceSessionId,
              network: of
            })
            .pipe(Effect.mapError(() => new RateLimited({ retryAfterMs: fullRetryMs })))
          yield* stillActive(deviceSessionId, of)
          return eventStream
            .make<Refusal>({
              deviceSessionId,
              resumeAfter,
              registration,
              page: (after, limit) => reading(backend.events(session.userId, after, limit)),
              mayGoOn: reading(stillActive(deviceSessionId, of)),
              onEnd: refusalOf,
              pageSize,
              heartbeatMillis: settings.heartbeatMs
            })
            .pipe(
              Stream.mapEffect((it) => Effect.flatMap(unsigned(it, requestId), (event) => sign(event, deviceSessionId)))
            )
        })
      )

    return EventStreams.of({ subscribe })
  })
)
