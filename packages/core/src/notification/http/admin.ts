/** Notifications on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { NotFound } from "@galaxy/contract/api/ApiError"
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../shared/http/errors.ts"
import { NotificationLedger } from "../NotificationLedger.ts"

/** Handlers of `AdminApi`'s group `adminNotifications`. */
export const notifications = HttpApiBuilder.group(
  AdminApi,
  "adminNotifications",
  Effect.fnUntraced(function* (handlers) {
    const ledger = yield* NotificationLedger
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
