/** The caller's notices. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../shared/http/errors.ts"
import { Notices } from "../Notices.ts"

/** Handlers of `UserApi`'s group `notices`. */
export const notices = HttpApiBuilder.group(
  UserApi,
  "notices",
  Effect.fnUntraced(function* (handlers) {
    const service = yield* Notices
    return handlers
      .handle("list", ({ query }) => Effect.flatMap(Caller, ({ userId }) => toApi(service.list(userId, query))))
      .handle("read", ({ payload }) =>
        Effect.flatMap(Caller, ({ userId }) =>
          toApi(Effect.map(service.read(userId, payload.up_to), (unread) => ({ unread })))
        )
      )
  })
)
