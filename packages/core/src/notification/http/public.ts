/** Stopping mails by the link in them, open to anybody who holds it. */
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { Unsubscriptions } from "../Unsubscriptions.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith(errors)

/** Handlers of the public group `mail`. */
export const mail = HttpApiBuilder.group(
  PublicApi,
  "mail",
  Effect.fnUntraced(function* (handlers) {
    const unsubscriptions = yield* Unsubscriptions
    return handlers.handle(
      "unsubscribe",
      Effect.fnUntraced(function* ({ query }) {
        return { kind: yield* unsubscriptions.stop(query.token) }
      }, toApi)
    )
  })
)
