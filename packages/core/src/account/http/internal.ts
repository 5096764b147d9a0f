/** Accounts as the gateway asks for them. */
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../http/apiError.ts"
import { Accounts } from "../Accounts.ts"

export const internalAccounts = HttpApiBuilder.group(
  InternalApi,
  "internalAccounts",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    return handlers.handle("account", ({ params }) => toApi(accounts.find(params.user_id)))
  })
)
