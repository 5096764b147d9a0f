/** A way to reach players that the embedding program brings: a chat, a phone, a web hook. */
import type { JsonObject } from "@galaxy/contract/fbs/codec"
import { type Effect, Schema } from "effect"
import type { Contact } from "../../account/AccountStore.ts"

/** One delivery of a notification to one player. */
export interface ChannelMessage {
  /** The same in every attempt, so that a receiver can drop repetitions. */
  readonly deliveryId: string
  readonly kind: string
  /** The producer's key of the fact. */
  readonly key: string
  readonly payload: JsonObject
  readonly user: Contact
  /** 1 for the first one. */
  readonly attempt: number
}

/** The channel will never take this message. */
export class ChannelRejected extends Schema.TaggedError<ChannelRejected>()("ChannelRejected", {
  /** A short code, which is stored and logged. */
  reason: Schema.String
}) {}

/** A later attempt may succeed. */
export class ChannelDeferred extends Schema.TaggedError<ChannelDeferred>()("ChannelDeferred", {
  /** A short code, which is stored and logged. */
  reason: Schema.String
}) {}

/** Delivers one message. May be interrupted at any time. */
export type Channel = (message: ChannelMessage) => Effect.Effect<void, ChannelRejected | ChannelDeferred>

/** Channels by name. */
export type Channels = Readonly<Record<string, Channel>>
