/** Invites on the user surface: issued by owners, answered by those who are invited. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../../shared/http/errors.ts"
import { errors as raceNameErrors } from "../../../race-name/http/errors.ts"
import { errors as gameErrors } from "../../game/http/errors.ts"
import { errors as membershipErrors } from "../../membership/http/errors.ts"
import { errors as inviteErrors } from "./errors.ts"
import { Invites } from "../Invites.ts"

const toApi = toApiWith({ ...raceNameErrors, ...gameErrors, ...membershipErrors, ...inviteErrors })

const lobbyInvites = HttpApiBuilder.group(
  UserApi,
  "lobbyInvites",
  Effect.fnUntraced(function* (handlers) {
    const invites = yield* Invites
    return handlers
      .handle("issue", ({ params, payload }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            return yield* invites.issue(userId, params.game_id, payload)
          })
        )
      )
      .handle("redeem", ({ params, payload }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const { game_id: game, invite_id: invite } = params
            return yield* invites.redeem(userId, game, invite, payload)
          })
        )
      )
      .handle("decline", ({ params }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const { game_id: game, invite_id: invite } = params
            return yield* invites.decline(userId, game, invite)
          })
        )
      )
      .handle("revoke", ({ params }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const { game_id: game, invite_id: invite } = params
            return yield* invites.revoke(userId, game, invite)
          })
        )
      )
  })
)

const lobbyMyInvites = HttpApiBuilder.group(
  UserApi,
  "lobbyMyInvites",
  Effect.fnUntraced(function* (handlers) {
    const invites = yield* Invites
    return handlers.handle("invites", ({ query }) =>
      toApi(Effect.flatMap(Caller, ({ userId }) => invites.mine(userId, query)))
    )
  })
)

/** Handlers of `UserApi`'s groups `lobbyInvites` and `lobbyMyInvites`. */
export const layer = Layer.mergeAll(lobbyInvites, lobbyMyInvites)
