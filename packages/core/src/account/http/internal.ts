/** Account lookup for gateways. */
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { Accounts } from "../Accounts.ts"

const toApi = toApiWith(errors)

/**
 * Handlers of the internal group `internalAccounts`: `account` returns any account that isn't deleted, by the id in the
 * path.
 */
export const internalAccounts = HttpApiBuilder.group(
  InternalApi,
  "internalAccounts",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    return handlers.handle("account", ({ params }) => toApi(accounts.find(params.user_id)))
  })
)
