/** The caller's own account. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { Accounts } from "../Accounts.ts"
import { AccountEnds } from "../AccountEnds.ts"
import { AccountSettings } from "../AccountSettings.ts"

const toApi = toApiWith(errors)

/** Handlers of the user group `account`. Every change answers with the account as it is then. */
export const account = HttpApiBuilder.group(
  UserApi,
  "account",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    const settings = yield* AccountSettings
    const ends = yield* AccountEnds
    return handlers
      .handle("get", () => Effect.flatMap(Caller, (caller) => toApi(accounts.find(caller.userId))))
      .handle(
        "updateProfile",
        Effect.fnUntraced(function* ({ payload }) {
          const { userId } = yield* Caller
          yield* settings.updateProfile(userId, payload)
          return yield* accounts.find(userId)
        }, toApi)
      )
      .handle(
        "updateSettings",
        Effect.fnUntraced(function* ({ payload }) {
          const { userId } = yield* Caller
          yield* settings.updateSettings(userId, payload)
          return yield* accounts.find(userId)
        }, toApi)
      )
      .handle(
        "delete",
        Effect.fnUntraced(function* () {
          const { userId } = yield* Caller
          yield* ends.delete(userId, { userId })
        }, toApi)
      )
  })
)
