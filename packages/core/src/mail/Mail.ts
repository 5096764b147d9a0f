/**
 * Mails and their deliveries: what producers ask for, what is stored, and which templates are secret.
 *
 * A secret template's text is readable nowhere but in the mail itself: its subject is not stored in the clear, and its
 * sealed body is wiped when the delivery ends, sent or not.
 */
import { DeliveryId } from "@galaxy/contract/ids/Ids"
import { type DateTime, Schema } from "effect"

/** A rendered mail for one recipient. */
export interface Mail {
  /** The kind of mail such as `auth.login_code`. */
  readonly templateId: string
  /** Names the fact that causes the mail: a template is sent once per key. */
  readonly idempotencyKey: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** Absolute URL that stops mails of this kind for the recipient; absent where they can't be stopped. */
  readonly unsubscribe?: string
  /** Not sent after this time. */
  readonly expiresAt?: DateTime.Utc
}

/** Template of mails that carry a login code: the only secret one. */
export const loginCode = "auth.login_code"

const secretTemplates: ReadonlySet<string> = new Set([loginCode])

/** Returns whether the template's text must never be stored in the clear and must be wiped when the delivery ends. */
export const isSecret = (templateId: string): boolean => secretTemplates.has(templateId)

/** Longest sealed mail, far above what any template makes. */
export const longestContent = 1_048_576

/** The plain form of `mail_payloads.body`, which is stored as sealed JSON. */
export const Content = Schema.Struct({
  subject: Schema.String,
  text: Schema.String,
  html: Schema.optionalKey(Schema.String),
  unsubscribe: Schema.optionalKey(Schema.String)
})
export type Content = typeof Content.Type

/**
 * `pending`: not tried yet, or resent. `sending`: leased to a worker. `retrying`: waits for another attempt. `sent` is
 * final; a `dead_lettered` delivery may be resent.
 */
export const Status = Schema.Literals(["pending", "sending", "retrying", "sent", "dead_lettered"])
export type Status = typeof Status.Type

/** Why a delivery was given up. */
export const DeadLetterReason = Schema.Literals(["rejected", "attempts_exhausted", "expired"])
export type DeadLetterReason = typeof DeadLetterReason.Type

const At = Schema.DateTimeUtcFromDate

/** A delivery as it is stored, without its text. */
export const DeliveryRow = Schema.Struct({
  delivery_id: DeliveryId,
  template_id: Schema.String,
  idempotency_key: Schema.String,
  status: Status,
  attempts: Schema.Int,
  to: Schema.Array(Schema.String),
  /** Empty for secret templates. */
  subject: Schema.String,
  message_id: Schema.String,
  created_at: At,
  next_attempt_at: Schema.NullOr(At),
  expires_at: Schema.NullOr(At),
  sent_at: Schema.NullOr(At),
  /** There is no text left to send. */
  wiped: Schema.Boolean
})

/**
 * One attempt at a delivery. Its last three fields are null until it is settled; `outcome` is `lost` if its worker
 * died. `error` holds the code of the relay or of the failure, for accepted mails too.
 */
export const AttemptRow = Schema.Struct({
  attempt_no: Schema.Int,
  started_at: At,
  finished_at: Schema.NullOr(At),
  outcome: Schema.NullOr(Schema.String),
  error: Schema.NullOr(Schema.String)
})

/** The record of a delivery that was given up. It stays when the delivery is resent, until the mail is pruned. */
export const DeadLetterRow = Schema.Struct({
  dead_letter_id: Schema.String,
  delivery_id: DeliveryId,
  template_id: Schema.String,
  reason: DeadLetterReason,
  archived_at: At,
  created_at: At
})

/** There is no such delivery. */
export class DeliveryNotFound extends Schema.TaggedError<DeliveryNotFound>()("DeliveryNotFound", {
  deliveryId: DeliveryId
}) {}

/** The delivery has been sent, is under way, or has nothing left to send. */
export class DeliveryNotResendable extends Schema.TaggedError<DeliveryNotResendable>()("DeliveryNotResendable", {
  deliveryId: DeliveryId,
  condition: Schema.Literals(["sent", "sending", "expired", "wiped"])
}) {
  override get message(): string {
    const why = {
      sent: "it has been sent",
      sending: "it is being sent",
      expired: "it has expired",
      wiped: "its text is gone"
    }
    return `the mail can't be sent again: ${why[this.condition]}`
  }
}
