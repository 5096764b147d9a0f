/**
 * What becomes of a notification whose mail is given up: its route has failed, and operators are told.
 *
 * A mail to operators about a mail that was given up is the exception. If it is given up itself nobody is told, since
 * that would go on for ever.
 */
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { DeliveryFate } from "../mail/DeliveryFate.ts"
import { StorageError } from "../shared/StorageError.ts"
import { Notifications } from "./Notifications.ts"
import * as Routes from "./Routes.ts"

const inWords = {
  rejected: "the relay refused it",
  attempts_exhausted: "every attempt failed",
  expired: "it could not be sent in time"
} as const

/** The mail module's port, implemented by routes and notifications. */
export const layer: Layer.Layer<DeliveryFate, never, SqlClient.SqlClient | Notifications> = Layer.effect(
  DeliveryFate,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const notifications = yield* Notifications

    return DeliveryFate.of({
      deadLettered: Effect.fn("MailFate.deadLettered")(function* ({ deliveryId, templateId, reason, attemptNo }) {
        yield* Routes.fail(sql, deliveryId, reason, yield* DateTime.nowAsDate)
        if (templateId === "mail.dead_lettered") return
        yield* notifications.submit({
          kind: "mail.dead_lettered",
          // A mail that is sent again may be given up again.
          idempotencyKey: `dead-lettered:${deliveryId}:${attemptNo}`,
          recipients: [],
          payload: { delivery_id: deliveryId, template_id: templateId, detail: inWords[reason] }
        })
      }, StorageError.refail),
      renewed: Effect.fn("MailFate.renewed")(function* (deliveryId) {
        yield* Routes.renew(sql, deliveryId, yield* DateTime.nowAsDate)
      }, StorageError.refail)
    })
  })
)
