/**
 * One event of a player's stream, with a type for its payload: `event.kind === "game.turn.ready"` makes `event.payload`
 * that kind's. Events of kinds that this version doesn't know are delivered too.
 */
import { type EventKind, type GatewayEventKind, payloadTable } from "@galaxy/contract/events/EventKinds"
import type { EventPayloads } from "@galaxy/contract/events/EventPayloads"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { Effect } from "effect"
import { Untrusted } from "./ClientError.ts"
import type { SignedEvent } from "./Rpc.ts"

interface Envelope {
  /** The wire's name of the kind, also of one that this version doesn't know. */
  readonly type: string
  readonly id: string
  /**
   * The user's own numbering, ascending; numbers of events for another session only are left out. 0 for the gateway's.
   */
  readonly sequence: number
  /** Unix milliseconds, by the server's clock. */
  readonly timestampMs: number
  readonly payloadBytes: Uint8Array
}

/** An event of one of these kinds, or of any of them. Its payload has been decoded by the kind's table. */
export type EventOf<Kind extends EventKind | GatewayEventKind> = {
  readonly [K in Kind]: Envelope & { readonly type: K; readonly kind: K; readonly payload: EventPayloads[K] }
}[Kind]

/** An event of a kind that a later version has added; `type` names it. Its payload can't be decoded. */
export interface UnknownEvent extends Envelope {
  readonly kind: "unknown"
  readonly payload: unknown
}

/**
 * One event whose signature was verified for this session's stream: the backend's, and `gateway.gap` where events have
 * expired and can't be delivered.
 */
export type PlayerEvent = EventOf<EventKind | "gateway.gap"> | UnknownEvent

/** Every event that a gateway sends; some concern the stream alone. */
export type StreamEvent = EventOf<EventKind | GatewayEventKind> | UnknownEvent

/** Reads a verified event. A payload that isn't what its kind says is `Untrusted`. */
export const decode = (event: SignedEvent): Effect.Effect<StreamEvent, Untrusted> =>
  Effect.try({
    try: () => {
      const type = event.eventType
      const table = payloadTable(type)
      const envelope = {
        type,
        id: event.eventId,
        sequence: Number(event.sequence),
        timestampMs: Number(event.timestampMs),
        payloadBytes: event.payloadBytes
      }
      if (table === undefined) return { ...envelope, kind: "unknown", payload: undefined } as const
      // The descriptor that decodes is the one from which the payload's type is made.
      return { ...envelope, kind: type, payload: codec.decode(tables, table, event.payloadBytes) } as StreamEvent
    },
    catch: () => new Untrusted({ message: `event ${event.eventType} has a malformed payload` })
  })
