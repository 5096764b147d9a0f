/** Questions on the user surface that a player asks before joining: what a code is for, whether a name is free. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../../shared/http/errors.ts"
import { errors as budgetErrors, withRetryAfter } from "../../../shared/http/tooOften.ts"
import { errors as gameErrors } from "../../game/http/errors.ts"
import { JoinQuestions } from "../JoinQuestions.ts"
import { errors as inviteErrors } from "./errors.ts"

const toApi = toApiWith({ ...budgetErrors, ...gameErrors, ...inviteErrors })

const lobbyInviteLook = HttpApiBuilder.group(
  UserApi,
  "lobbyInviteLook",
  Effect.fnUntraced(function* (handlers) {
    const questions = yield* JoinQuestions
    return handlers.handle("look", ({ payload }) =>
      toApi(withRetryAfter(Effect.flatMap(Caller, ({ userId }) => questions.look(userId, payload.code))))
    )
  })
)

const lobbyRaceNameCheck = HttpApiBuilder.group(
  UserApi,
  "lobbyRaceNameCheck",
  Effect.fnUntraced(function* (handlers) {
    const questions = yield* JoinQuestions
    return handlers.handle("check", ({ payload }) =>
      toApi(withRetryAfter(Effect.flatMap(Caller, ({ userId }) => questions.check(userId, payload))))
    )
  })
)

/** Handlers of `UserApi`'s groups `lobbyInviteLook` and `lobbyRaceNameCheck`. */
export const layer = Layer.mergeAll(lobbyInviteLook, lobbyRaceNameCheck)
