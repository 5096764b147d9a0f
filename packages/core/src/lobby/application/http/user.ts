/** Applications on the user surface. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { errors as raceNameErrors } from "../../../race-name/http/errors.ts"
import { toApiWith } from "../../../shared/http/errors.ts"
import { errors as gameErrors } from "../../game/http/errors.ts"
import { errors as membershipErrors } from "../../membership/http/errors.ts"
import { Applications } from "../Applications.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith({ ...raceNameErrors, ...gameErrors, ...membershipErrors, ...errors })

const lobbyApplications = HttpApiBuilder.group(
  UserApi,
  "lobbyApplications",
  Effect.fnUntraced(function* (handlers) {
    const applications = yield* Applications
    return handlers
      .handle("submit", ({ params, payload }) =>
        toApi(Effect.flatMap(Caller, ({ userId }) => applications.submit(userId, params.game_id, payload)))
      )
      .handle("approve", ({ params: { game_id, application_id } }) =>
        toApi(Effect.flatMap(Caller, ({ userId }) => applications.approve({ owner: userId }, game_id, application_id)))
      )
      .handle("reject", ({ params: { game_id, application_id } }) =>
        toApi(Effect.flatMap(Caller, ({ userId }) => applications.reject({ owner: userId }, game_id, application_id)))
      )
  })
)

const lobbyMyApplications = HttpApiBuilder.group(
  UserApi,
  "lobbyMyApplications",
  Effect.fnUntraced(function* (handlers) {
    const applications = yield* Applications
    return handlers.handle("applications", ({ query }) =>
      toApi(Effect.flatMap(Caller, ({ userId }) => applications.mine(userId, query)))
    )
  })
)

/** Handlers of `UserApi`'s groups `lobbyApplications` and `lobbyMyApplications`. */
export const layer = Layer.mergeAll(lobbyApplications, lobbyMyApplications)
