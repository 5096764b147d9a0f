/** Memberships on the user surface. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../../shared/http/errors.ts"
import { ComputerSeats } from "../../game/ComputerSeats.ts"
import { errors as gameErrors } from "../../game/http/errors.ts"
import { GamePlayers } from "../GamePlayers.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith({ ...gameErrors, ...errors })

/** Handlers of `UserApi`'s group `lobbyMemberships`. */
export const layer = HttpApiBuilder.group(
  UserApi,
  "lobbyMemberships",
  Effect.fnUntraced(function* (handlers) {
    const players = yield* GamePlayers
    const computers = yield* ComputerSeats
    return handlers
      .handle("list", ({ params }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const memberships = yield* players.list(userId, params.game_id)
            const seats = yield* computers.list(params.game_id)
            if (seats.length === 0) return { memberships }
            return { memberships, computer_players: seats.map((it) => ({ seat: it.seat, race_name: it.raceName })) }
          })
        )
      )
      .handle("remove", ({ params: { game_id, membership_id } }) =>
        toApi(Effect.flatMap(Caller, ({ userId }) => players.remove(userId, game_id, membership_id)))
      )
      .handle("block", ({ params: { game_id, membership_id } }) =>
        toApi(Effect.flatMap(Caller, ({ userId }) => players.block(userId, game_id, membership_id)))
      )
  })
)
