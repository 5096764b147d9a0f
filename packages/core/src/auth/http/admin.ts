/** Blocking and deleting players, and their sessions, on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import type { UserExport } from "@galaxy/contract/api/admin/UserEnds"
import { Administrator } from "@galaxy/contract/api/Identity"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { errors as accountErrors } from "../../account/http/errors.ts"
import { AccountEnds } from "../../account/AccountEnds.ts"
import { AccountStore } from "../../account/AccountStore.ts"
import { Users } from "../../account/Users.ts"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { auditView } from "../../standing/http/admin.ts"
import { Sanctions } from "../../standing/Sanctions.ts"
import { Erasures } from "../Erasures.ts"
import { SessionRecords } from "../SessionRecords.ts"
import { Sessions } from "../Sessions.ts"

const toApi = toApiWith(accountErrors)

type Tables = (typeof UserExport.Type)["tables"]

const target = (id: UserId) => ({ kind: "user", id }) as const

/** Handlers of `AdminApi`'s group `adminUserEnds`. */
export const userEnds = HttpApiBuilder.group(
  AdminApi,
  "adminUserEnds",
  Effect.fnUntraced(function* (handlers) {
    const users = yield* Users
    const accounts = yield* AccountStore
    const ends = yield* AccountEnds
    const sanctions = yield* Sanctions
    const erasures = yield* Erasures
    const view = (id: UserId) => Effect.map(Effect.andThen(accounts.lock(id), users.find(id)), auditView)

    return handlers
      .handle("export", ({ params }) =>
        toApi(Effect.map(erasures.export(params.user_id), (it) => ({ ...it, tables: it.tables as Tables })))
      )
      .handle(
        "applySanction",
        Effect.fnUntraced(function* ({ params: { user_id }, payload: { sanction_code, reason } }) {
          const { username } = yield* Administrator
          const mark = sanctions.apply(user_id, sanction_code, { actor: username, reason })
          yield* audited(
            {
              name: "user.apply_sanction",
              target: target(user_id),
              reason,
              view: view(user_id),
              unchanged: sameAsBefore
            },
            ends.block(user_id, username, mark)
          )
          return yield* users.find(user_id)
        }, toApi)
      )
      .handle(
        "softDelete",
        Effect.fnUntraced(function* ({ params: { user_id }, payload: { reason } }) {
          const { username } = yield* Administrator
          yield* audited(
            { name: "user.soft_delete", target: target(user_id), reason, view: view(user_id), unchanged: sameAsBefore },
            ends.delete(user_id, { username })
          )
          return yield* users.find(user_id)
        }, toApi)
      )
  })
)

const pageOf = ({ cursor, limit }: { readonly cursor?: string; readonly limit?: number }) => ({
  ...(cursor === undefined ? {} : { cursor }),
  ...(limit === undefined ? {} : { limit })
})

/** Handlers of `AdminApi`'s group `adminUserSessions`. An unknown player is `not_found`. */
export const userSessions = HttpApiBuilder.group(
  AdminApi,
  "adminUserSessions",
  Effect.fnUntraced(function* (handlers) {
    const users = yield* Users
    const records = yield* SessionRecords
    const sessions = yield* Sessions

    return handlers
      .handle(
        "sessions",
        Effect.fnUntraced(function* ({ params: { user_id }, query }) {
          yield* users.find(user_id)
          return yield* records.sessions(user_id, pageOf(query))
        }, toApi)
      )
      .handle(
        "revocations",
        Effect.fnUntraced(function* ({ params: { user_id }, query }) {
          yield* users.find(user_id)
          return yield* records.revocations(user_id, pageOf(query))
        }, toApi)
      )
      .handle(
        "revokeSessions",
        Effect.fnUntraced(function* ({ params: { user_id }, payload: { reason } }) {
          const { username } = yield* Administrator
          yield* users.find(user_id)
          const revoked = yield* audited(
            {
              name: "user.revoke_sessions",
              target: target(user_id),
              reason,
              after: (ids) => ({ revoked: ids }),
              unchanged: ({ result }) => result.length === 0
            },
            sessions.endAll(user_id, "admin_revoke_all", { username })
          )
          return { revoked }
        }, toApi)
      )
  })
)
