/** The audit log on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { NotFound } from "@galaxy/contract/api/ApiError"
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../shared/http/errors.ts"
import { AuditLog } from "../AuditLog.ts"

/** Handlers of `AdminApi`'s group `adminAudit`. */
export const audit = HttpApiBuilder.group(
  AdminApi,
  "adminAudit",
  Effect.fnUntraced(function* (handlers) {
    const log = yield* AuditLog
    return handlers
      .handle("list", ({ query: { cursor, limit, ...filter } }) =>
        toApi(
          log.list(filter, { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) })
        )
      )
      .handle("get", ({ params }) =>
        Effect.flatMap(
          toApi(log.find(params.audit_id)),
          Option.match({
            onNone: () => Effect.fail(new NotFound({ message: "no such audit row" })),
            onSome: (row) => Effect.succeed(row)
          })
        )
      )
  })
)
