/** Administrators' accounts on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { Effect, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { AdminAccounts } from "../AdminAccounts.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith(errors)

const target = (username: string) => ({ kind: "admin_account", id: username })

/** Handlers of `AdminApi`'s group `adminAccounts`. Passwords are hashed first, before anything is locked. */
export const adminAccounts = HttpApiBuilder.group(
  AdminApi,
  "adminAccounts",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* AdminAccounts
    return handlers
      .handle("list", ({ query }) => toApi(accounts.list(query)))
      .handle("get", ({ params }) => toApi(accounts.find(params.username)))
      .handle(
        "create",
        Effect.fnUntraced(function* ({ payload: { username, password, reason } }) {
          const hash = yield* accounts.hash(Redacted.make(password))
          return yield* audited(
            { name: "admin_account.create", target: target(username), reason },
            accounts.create(username, hash)
          )
        }, toApi)
      )
      .handle("disable", ({ params: { username }, payload }) =>
        toApi(
          audited(
            {
              name: "admin_account.disable",
              target: target(username),
              reason: payload?.reason,
              unchanged: sameAsBefore,
              view: accounts.lock(username)
            },
            accounts.disable(username)
          )
        )
      )
      .handle("enable", ({ params: { username }, payload }) =>
        toApi(
          audited(
            {
              name: "admin_account.enable",
              target: target(username),
              reason: payload?.reason,
              unchanged: sameAsBefore,
              view: accounts.lock(username)
            },
            accounts.enable(username)
          )
        )
      )
      .handle(
        "resetPassword",
        Effect.fnUntraced(function* ({ params: { username }, payload: { password, reason } }) {
          const hash = yield* accounts.hash(Redacted.make(password))
          return yield* audited(
            {
              name: "admin_account.reset_password",
              target: target(username),
              reason,
              view: accounts.lock(username)
            },
            accounts.setPassword(username, hash)
          )
        }, toApi)
      )
  })
)
