/** The mail outbox on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { MailDeliveries } from "../MailDeliveries.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith(errors)

/** Handlers of `AdminApi`'s group `adminMail`. */
export const mail = HttpApiBuilder.group(
  AdminApi,
  "adminMail",
  Effect.fnUntraced(function* (handlers) {
    const mails = yield* MailDeliveries
    return handlers
      .handle("deliveries", ({ query: { cursor, limit, ...filter } }) =>
        toApi(
          mails.list(filter, { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) })
        )
      )
      .handle("delivery", ({ params }) => toApi(mails.get(params.delivery_id)))
      .handle("attempts", ({ params }) =>
        toApi(Effect.map(mails.attempts(params.delivery_id), (attempts) => ({ attempts })))
      )
      .handle("deadLetters", ({ query }) => toApi(mails.deadLetters(query)))
      .handle("resend", ({ params: { delivery_id }, payload }) =>
        toApi(
          audited(
            {
              name: "mail.resend",
              target: { kind: "mail", id: delivery_id },
              reason: payload?.reason,
              // Rows of the audit log are for good: not even a masked address belongs there, nor what looks like one.
              view: Effect.map(mails.locked(delivery_id), ({ to: _to, message_id: _id, ...view }) => view)
            },
            Effect.andThen(mails.resend(delivery_id), mails.locked(delivery_id))
          )
        )
      )
  })
)
