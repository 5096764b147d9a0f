/** Players' calls within a game. Bodies are the engine's concern and pass through unchanged, both ways. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors as engineErrors } from "../../engine/http/errors.ts"
import { errors as gameErrors } from "../../lobby/game/http/errors.ts"
import { errors as membershipErrors } from "../../lobby/membership/http/errors.ts"
import { errors as runtimeErrors } from "../../runtime/http/errors.ts"
import { errors as playErrors } from "./errors.ts"
import { PlayerOrders } from "../PlayerOrders.ts"
import { ReadyFlags } from "../ReadyFlags.ts"

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...membershipErrors, ...runtimeErrors, ...playErrors })

/** Who calls, and for which game. */
const called = (params: { readonly game_id: GameId }) =>
  Effect.map(Caller, ({ userId }) => ({ userId, gameId: params.game_id }))

/** Handlers of `UserApi`'s group `games`: command, order, reading orders, ready flag, and report. */
export const games = HttpApiBuilder.group(
  UserApi,
  "games",
  Effect.fnUntraced(function* (handlers) {
    const players = yield* PlayerOrders
    const flags = yield* ReadyFlags
    return handlers
      .handle(
        "command",
        Effect.fnUntraced(function* ({ params, payload }) {
          const { gameId, userId } = yield* called(params)
          return yield* players.command(gameId, userId, { turn: payload.turn, orders: payload.commands })
        }, toApi)
      )
      .handle(
        "order",
        Effect.fnUntraced(function* ({ params, payload }) {
          const { gameId, userId } = yield* called(params)
          const { turn, orders, if_revision: ifRevision } = payload
          return yield* players.order(gameId, userId, { turn, orders, ifRevision })
        }, toApi)
      )
      .handle(
        "orders",
        Effect.fnUntraced(function* ({ params, query }) {
          const { gameId, userId } = yield* called(params)
          return yield* players.orders(gameId, userId, query.turn)
        }, toApi)
      )
      .handle(
        "ready",
        Effect.fnUntraced(function* ({ params, payload: { turn, ready } }) {
          const { gameId, userId } = yield* called(params)
          return { turn, ready, ...(yield* flags.set(gameId, userId, turn, ready)) }
        }, toApi)
      )
      .handle(
        "report",
        Effect.fnUntraced(function* ({ params }) {
          const { gameId, userId } = yield* called(params)
          return yield* players.report(gameId, userId, params.turn)
        }, toApi)
      )
  })
)
