/** Notifications on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { NotFound } from "@galaxy/contract/api/ApiError"
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { ChannelDeliveries } from "../channels/ChannelDeliveries.ts"
import { NotificationLedger } from "../NotificationLedger.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith(errors)

/** Handlers of `AdminApi`'s group `adminNotifications`. */
export const notifications = HttpApiBuilder.group(
  AdminApi,
  "adminNotifications",
  Effect.fnUntraced(function* (handlers) {
    const ledger = yield* NotificationLedger
    const deliveries = yield* ChannelDeliveries
    return handlers
      .handle("list", ({ query: { cursor, limit, ...filter } }) =>
        toApi(
          ledger.list(filter, {
            ...(cursor === undefined ? {} : { cursor }),
            ...(limit === undefined ? {} : { limit })
          })
        )
      )
      .handle("deadLetters", ({ query }) => toApi(ledger.deadLetters(query)))
      .handle("malformed", ({ query }) => toApi(ledger.malformed(query)))
      .handle("channelDeadLetters", ({ query }) => toApi(deliveries.deadLetters(query)))
      .handle("resendByChannel", ({ params: { delivery_id }, payload }) =>
        toApi(
          audited(
            {
              name: "notification.redeliver",
              target: { kind: "channel_delivery", id: delivery_id },
              reason: payload?.reason,
              view: deliveries.locked(delivery_id)
            },
            Effect.andThen(deliveries.resend(delivery_id), deliveries.locked(delivery_id))
          )
        )
      )
      .handle("get", ({ params }) =>
        Effect.flatMap(
          toApi(ledger.find(params.notification_id)),
          Option.match({
            onNone: () => Effect.fail(new NotFound({ message: "no such notification" })),
            onSome: (found) => Effect.succeed(found)
          })
        )
      )
  })
)
