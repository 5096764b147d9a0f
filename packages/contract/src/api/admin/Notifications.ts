/** Notifications and what became of them, for operators (`/api/v1/admin/notifications`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeliveryId, NotificationId, UserId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { label, paging, Timestamp } from "../Fields.ts"
import { OptionalReason } from "./Reason.ts"

const fields = {
  notification_id: NotificationId,
  kind: Schema.String,
  /** Kind and key together name the fact: it is told once. */
  idempotency_key: Schema.String,
  /** The fields of the kind. It holds ids and names, and no address. */
  payload: Schema.Json,
  created_at: Timestamp
}

/** A fact that players or operators were told of. */
export const Notification = Schema.Struct(fields)

/** Newest first. Without `next_cursor` it is the last page. */
export const NotificationList = Schema.Struct({
  notifications: Schema.Array(Notification),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** One recipient by one channel. */
export const NotificationRoute = Schema.Struct({
  route_id: Schema.String,
  /** push or email. */
  channel: Schema.String,
  /** Absent for the operators' address. */
  user_id: Schema.optionalKey(UserId),
  /**
   * `published`: among the player's events. `enqueued`: its mail was stored. `skipped`: the player may not act, has
   * switched such mails off or has had enough of them, or operators have no address. `failed`: its mail was given up.
   */
  status: Schema.String,
  delivery_id: Schema.optionalKey(DeliveryId),
  last_attempt_at: Schema.optionalKey(Timestamp)
})

/** A notification with its routes: the first 200 of them. */
export const NotificationDetail = Schema.Struct({
  ...fields,
  routes: Schema.Array(NotificationRoute),
  route_count: Schema.Int
})

/** A route that failed, because its mail was given up. */
export const NotificationDeadLetter = Schema.Struct({
  dead_letter_id: Schema.String,
  notification_id: NotificationId,
  kind: Schema.String,
  route_id: Schema.optionalKey(Schema.String),
  user_id: Schema.optionalKey(UserId),
  delivery_id: Schema.optionalKey(DeliveryId),
  reason: Schema.String,
  archived_at: Timestamp
})

/** Something that a module submitted and that was no notification of the catalogue. Nobody was told. */
export const MalformedIntent = Schema.Struct({
  id: Schema.String,
  received_at: Timestamp,
  /** What is wrong with it. */
  reason: Schema.String,
  /** An excerpt of what was submitted. */
  payload: Schema.Json
})

/** One delivery to one player by a channel of the program that the backend is part of. */
export const ChannelDelivery = Schema.Struct({
  delivery_id: DeliveryId,
  notification_id: NotificationId,
  kind: Schema.String,
  channel: Schema.String,
  user_id: UserId,
  /** pending, retrying, sent, skipped (the player may not act) or dead_lettered. */
  status: Schema.String,
  /** Since it was stored, or sent again by an operator. */
  attempts: Schema.Int,
  /** The channel's own code for why it wasn't delivered. */
  reason: Schema.optionalKey(Schema.String),
  created_at: Timestamp,
  updated_at: Timestamp
})

/** Newest first. Without `next_cursor` it is the last page. */
export const ChannelDeliveryList = Schema.Struct({
  deliveries: Schema.Array(ChannelDelivery),
  next_cursor: Schema.optionalKey(Schema.String)
})

const filter = { kind: Schema.optionalKey(label(128)), user_id: Schema.optionalKey(UserId) }

/**
 * Notifications, newest first. All filters must match; `user_id` is that of a recipient. A delivery by a channel is sent
 * again if it was given up (else `conflict`, `sent_already` or `wrong_state`).
 */
export class AdminNotificationsGroup extends HttpApiGroup.make("adminNotifications")
  .add(
    HttpApiEndpoint.get("list", "/", { query: { ...paging, ...filter }, success: NotificationList, error: wireErrors }),
    HttpApiEndpoint.get("deadLetters", "/dead-letters", {
      query: paging,
      success: Schema.Struct({
        dead_letters: Schema.Array(NotificationDeadLetter),
        next_cursor: Schema.optionalKey(Schema.String)
      }),
      error: wireErrors
    }),
    HttpApiEndpoint.get("malformed", "/malformed", {
      query: paging,
      success: Schema.Struct({
        malformed: Schema.Array(MalformedIntent),
        next_cursor: Schema.optionalKey(Schema.String)
      }),
      error: wireErrors
    }),
    HttpApiEndpoint.get("channelDeadLetters", "/channel-dead-letters", {
      query: paging,
      success: ChannelDeliveryList,
      error: wireErrors
    }),
    HttpApiEndpoint.post("resendByChannel", "/channel-deliveries/:delivery_id/resend", {
      params: { delivery_id: DeliveryId },
      payload: [OptionalReason, Schema.Null],
      success: ChannelDelivery,
      error: wireErrors
    }),
    HttpApiEndpoint.get("get", "/:notification_id", {
      params: { notification_id: NotificationId },
      success: NotificationDetail,
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/notifications") {}
