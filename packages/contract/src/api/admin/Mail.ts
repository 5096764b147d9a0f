/** The mail outbox, for operators (`/api/v1/admin/mail`). No answer holds a mail's text. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeliveryId, UserId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { label, paging, Timestamp } from "../Fields.ts"
import { OptionalReason } from "./Reason.ts"

/**
 * `pending`: not tried yet, or to be sent again. `sending`: a worker is trying. `retrying`: waits for another attempt.
 * `sent` is final. `dead_lettered`: given up; it can be sent again.
 */
export const DeliveryStatus = Schema.Literals(["pending", "sending", "retrying", "sent", "dead_lettered"])

const fields = {
  delivery_id: DeliveryId,
  /** What kind of mail it is: `auth.login_code`, or the kind of its notification. */
  template_id: Schema.String,
  status: DeliveryStatus,
  /** Since it was enqueued, or last sent again. */
  attempts: Schema.Int,
  message_id: Schema.String,
  created_at: Timestamp,
  next_attempt_at: Schema.optionalKey(Timestamp),
  /** After this time it isn't sent any more. */
  expires_at: Schema.optionalKey(Timestamp),
  sent_at: Schema.optionalKey(Timestamp)
}

/** A row of the list. The recipient's address shows its first letter and its domain only. */
export const DeliveryRow = Schema.Struct({ ...fields, to: Schema.Array(Schema.String) })

/** One mail, with the recipient's whole address. */
export const Delivery = Schema.Struct({
  ...fields,
  to: Schema.Array(Schema.String),
  /** Absent for mails with a login code, whose subject holds the code. */
  subject: Schema.optionalKey(Schema.String),
  idempotency_key: Schema.String
})

/** Newest first. Without `next_cursor` it is the last page. */
export const DeliveryList = Schema.Struct({
  deliveries: Schema.Array(DeliveryRow),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** One attempt to send a mail. Until it is over, only the first two fields are there. */
export const Attempt = Schema.Struct({
  /** From 1, over the mail's whole life. */
  attempt_no: Schema.Int,
  started_at: Timestamp,
  finished_at: Schema.optionalKey(Timestamp),
  /** sent, deferred, rejected, expired, exhausted, interrupted, or `lost` if the worker died. */
  outcome: Schema.optionalKey(Schema.String),
  /** The relay's code, such as `250 2.0.0` or `550 5.1.1`, or that of the failure. */
  error: Schema.optionalKey(Schema.String)
})

/** A mail that was given up. The row stays when the mail is sent again. */
export const DeadLetter = Schema.Struct({
  dead_letter_id: Schema.String,
  delivery_id: DeliveryId,
  template_id: Schema.String,
  /** rejected, attempts_exhausted or expired. */
  reason: Schema.String,
  archived_at: Timestamp
})

/** Newest first. Without `next_cursor` it is the last page. */
export const DeadLetterList = Schema.Struct({
  dead_letters: Schema.Array(DeadLetter),
  next_cursor: Schema.optionalKey(Schema.String)
})

const ofDelivery = { params: { delivery_id: DeliveryId }, error: wireErrors } as const

/**
 * Mails and their attempts. All filters of the listing must match; `user_id` selects mails to the address that the
 * player has now. A mail is sent again unless it was sent (`conflict`, `sent_already`), is being sent, has expired, or
 * its text is gone, as that of a login code is (`conflict`, `wrong_state`).
 */
export class AdminMailGroup extends HttpApiGroup.make("adminMail")
  .add(
    HttpApiEndpoint.get("deliveries", "/deliveries", {
      query: {
        ...paging,
        status: Schema.optionalKey(DeliveryStatus),
        template_id: Schema.optionalKey(label(128)),
        user_id: Schema.optionalKey(UserId)
      },
      success: DeliveryList,
      error: wireErrors
    }),
    HttpApiEndpoint.get("delivery", "/deliveries/:delivery_id", { ...ofDelivery, success: Delivery }),
    HttpApiEndpoint.get("attempts", "/deliveries/:delivery_id/attempts", {
      ...ofDelivery,
      success: Schema.Struct({ attempts: Schema.Array(Attempt) })
    }),
    HttpApiEndpoint.post("resend", "/deliveries/:delivery_id/resend", {
      ...ofDelivery,
      payload: [OptionalReason, Schema.Null],
      success: DeliveryRow
    }),
    HttpApiEndpoint.get("deadLetters", "/dead-letters", { query: paging, success: DeadLetterList, error: wireErrors })
  )
  .prefix("/api/v1/admin/mail") {}
