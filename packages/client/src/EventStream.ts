/**
 * The player's event stream: verified, in order, each event once, resumed by sequence over any number of connections.
 *
 * The gateway delivers at least once; what was seen is dropped by its number here. A connection that fails is opened
 * anew after a random wait of up to 1 s, doubling to 30 s, or as the gateway says; one that is silent for two heartbeats
 * counts as failed. What no wait mends ends the stream: a session that is over, an answer that isn't the gateway's.
 */
import type { Client as ConnectClient } from "@connectrpc/connect"
import { payloadTable } from "@galaxy/contract/events/EventKinds"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { EdgeGateway, GatewayEvent } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { Duration, Effect, Random, Ref, Stream } from "effect"
import { type ClientError, Unavailable, Untrusted } from "./ClientError.ts"
import { checkEvent, type Session, sign } from "./envelope.ts"
import { fromUnknown, type Stale } from "./refusal.ts"
import { toldToWait } from "./retryAfter.ts"
import type { ServerClock } from "./ServerClock.ts"
import type { GatewayKey } from "./verify.ts"

/**
 * Where a stream begins: at the present, or after the last sequence that the program has handled. After 0 is the present
 * too: so the wire contract has it.
 */
export type From = "now" | { readonly after: number }

export interface PlayerEvent {
  /** For example `game.turn.ready`; `gateway.gap` when events are no longer kept. */
  readonly type: string
  readonly id: string
  /** The user's own numbering; 0 for the gateway's events. */
  readonly sequence: number
  readonly timestampMs: number
  /** Decoded by the type's table; undefined for a type that this version doesn't know. */
  readonly payload: codec.JsonObject | undefined
  readonly payloadBytes: Uint8Array
}

export interface Dependencies {
  readonly rpc: ConnectClient<typeof EdgeGateway>
  readonly session: Session
  readonly gateway: GatewayKey
  readonly clock: ServerClock
  /** Verifies a signed time and takes it; fails when it isn't the gateway's. */
  readonly correct: (requestId: string, stale: Stale) => Effect.Effect<void, Untrusted>
}

/** Two heartbeats of 20 s and some room. */
const silence = Duration.seconds(45)
const firstWaitMs = 1_000
const longestWaitMs = 30_000
const longestToldMs = 60_000

interface Position {
  /** Last sequence handed on; undefined until the stream knows where it stands. */
  readonly last: number | undefined
  /** Failures in a row. */
  readonly failures: number
}

const decode = (event: GatewayEvent): Effect.Effect<PlayerEvent, Untrusted> =>
  Effect.try({
    try: () => {
      const table = payloadTable(event.eventType)
      return {
        type: event.eventType,
        id: event.eventId,
        sequence: Number(event.sequence),
        timestampMs: Number(event.timestampMs),
        payload: table === undefined ? undefined : codec.decode(tables, table, event.payloadBytes),
        payloadBytes: event.payloadBytes
      }
    },
    catch: () => new Untrusted({ message: `event ${event.eventType} has a malformed payload` })
  })

const numberIn = (event: PlayerEvent, field: string): number => {
  const value = event.payload?.[field]
  return typeof value === "number" ? value : 0
}

/** Full jitter: anything from nothing to the step's whole wait. */
const backoff = (failures: number) =>
  Effect.flatMap(Random.next, (share) =>
    Effect.sleep(Duration.millis(share * Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10))))
  )

/** As long as the gateway says, and a little more, so that not everybody comes back at one moment. */
const asTold = (told: number) =>
  Effect.flatMap(Random.next, (share) =>
    Effect.sleep(Duration.millis(Math.min(longestToldMs, told) + share * firstWaitMs))
  )

/** The player's events from a position on; reconnects by itself, and fails only with what a retry can't cure. */
export const make = (deps: Dependencies, from: From): Stream.Stream<PlayerEvent, ClientError> =>
  Stream.unwrap(
    Effect.map(Ref.make<Position>({ last: from === "now" ? undefined : from.after, failures: 0 }), (position) =>
      connections(deps, position)
    )
  )

const connections = (deps: Dependencies, position: Ref.Ref<Position>): Stream.Stream<PlayerEvent, ClientError> =>
  Stream.forever(Stream.succeed(undefined)).pipe(
    Stream.flatMap(() =>
      connection(deps, position).pipe(
        // An end without a reason is a lost connection: an ended session says so.
        Stream.concat(Stream.fail(new Unavailable({ message: "the stream ended" }))),
        Stream.catch((error) => {
          const told = toldToWait(error)
          const passing = error._tag === "Unavailable" || error._tag === "Stale" || told !== undefined
          if (!passing) return Stream.fail(error)
          return Stream.fromEffectDrain(
            Effect.flatMap(
              Ref.updateAndGet(position, (it) => ({ ...it, failures: it.failures + 1 })),
              ({ failures }) => {
                if (told !== undefined) return asTold(told)
                // The clock is right now: only who is told so again and again waits.
                return error._tag === "Stale" && failures === 1 ? Effect.void : backoff(failures)
              }
            )
          )
        })
      )
    )
  )

const connection = (deps: Dependencies, position: Ref.Ref<Position>): Stream.Stream<PlayerEvent, ClientError | Stale> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { last } = yield* Ref.get(position)
      const payload = codec.encode(tables, "galaxy.gateway.SubscribeRequest", { resume_after: last ?? 0 })
      const request = yield* sign(deps.session, {
        messageType: "gateway.subscribe",
        timestampMs: yield* deps.clock.now,
        payload
      })
      const abort = new AbortController()
      const frames = Stream.fromAsyncIterable(deps.rpc.subscribeEvents(request, { signal: abort.signal }), (cause) =>
        fromUnknown(cause)
      ).pipe(
        Stream.timeoutOrElse({
          duration: silence,
          orElse: () => Stream.fail(new Unavailable({ message: "nothing was received from the gateway in time" }))
        }),
        Stream.tapError((error) => (error._tag === "Stale" ? deps.correct(request.requestId, error) : Effect.void)),
        Stream.ensuring(Effect.sync(() => abort.abort()))
      )
      return frames.pipe(
        Stream.mapEffect((frame) => accept(deps, position, request.requestId, frame)),
        Stream.filter((event) => event !== undefined)
      )
    })
  )

/** Judges one frame: `undefined` when there is nothing to hand on. */
const accept = (deps: Dependencies, position: Ref.Ref<Position>, requestId: string, frame: GatewayEvent) =>
  Effect.gen(function* () {
    yield* checkEvent(deps.gateway, deps.session.deviceSessionId, frame)
    const event = yield* decode(frame)
    const { last } = yield* Ref.get(position)
    yield* Ref.update(position, (it) => ({ ...it, failures: 0 }))
    switch (event.type) {
      case "gateway.server_time":
        if (frame.requestId !== requestId) {
          return yield* new Untrusted({ message: "the stream belongs to another request" })
        }
        yield* deps.clock.correct(numberIn(event, "server_time_ms"))
        // A stream from now knows from here on what it must not miss.
        if (last === undefined || last === 0) {
          yield* Ref.update(position, (it) => ({ ...it, last: numberIn(event, "newest_sequence") }))
        }
        return undefined
      case "gateway.heartbeat":
        return undefined
      case "gateway.gap":
        yield* Ref.update(position, (it) => ({ ...it, last: numberIn(event, "resumed_after") }))
        return event
      default:
        if (event.sequence !== 0) {
          if (last !== undefined && event.sequence <= last) return undefined
          yield* Ref.update(position, (it) => ({ ...it, last: event.sequence }))
        }
        return event
    }
  })
