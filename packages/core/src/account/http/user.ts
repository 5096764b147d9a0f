/** The caller's own account. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { Accounts } from "../Accounts.ts"

const toApi = toApiWith(errors)

/** Handlers of the user group `account`: `get` returns the caller's account (message type `user.account.get`). */
export const account = HttpApiBuilder.group(
  UserApi,
  "account",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    return handlers.handle("get", () => Effect.flatMap(Caller, (caller) => toApi(accounts.find(caller.userId))))
  })
)
