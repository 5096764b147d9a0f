/** Games on the user surface: what an owner does with a game, and what its players see of it. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../../shared/http/errors.ts"
import { RequestId } from "../../../shared/http/RequestId.ts"
import { errors as engineErrors } from "../../../engine/http/errors.ts"
import { errors as raceNameErrors } from "../../../race-name/http/errors.ts"
import { errors as gameErrors } from "./errors.ts"
import { Games } from "../Games.ts"

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...raceNameErrors })

const lobbyGames = HttpApiBuilder.group(
  UserApi,
  "lobbyGames",
  Effect.fnUntraced(function* (handlers) {
    const games = yield* Games
    type Of<A, E> = (caller: Caller["Service"]["userId"], game: GameId) => Effect.Effect<A, E>
    const ofGame = <A, E>(call: Of<A, E>, params: { readonly game_id: GameId }) =>
      Effect.gen(function* () {
        const { userId } = yield* Caller
        return yield* call(userId, params.game_id)
      })
    return handlers
      .handle("create", ({ payload }) =>
        toApi(
          Effect.gen(function* () {
            const { userId, deviceSessionId } = yield* Caller
            return yield* games.create(userId, payload, { requestId: yield* RequestId, deviceSessionId })
          })
        )
      )
      .handle("list", ({ query: { cursor, limit, open, to_join, name } }) =>
        toApi(
          Effect.flatMap(Caller, ({ userId }) =>
            games.list(
              userId,
              { open, toJoin: to_join, name },
              { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) }
            )
          )
        )
      )
      .handle("get", ({ params }) => toApi(ofGame(games.get, params)))
      .handle("update", ({ params, payload }) =>
        toApi(Effect.flatMap(Caller, ({ userId }) => games.update(userId, params.game_id, payload)))
      )
      .handle("openEnrollment", ({ params }) => toApi(ofGame(games.openEnrollment, params)))
      .handle("readyToStart", ({ params }) => toApi(ofGame(games.readyToStart, params)))
      .handle("start", ({ params }) => toApi(ofGame(games.start, params)))
      .handle("pause", ({ params }) => toApi(ofGame(games.pause, params)))
      .handle("resume", ({ params }) => toApi(ofGame(games.resume, params)))
      .handle("cancel", ({ params }) => toApi(ofGame(games.cancel, params)))
      .handle("retryStart", ({ params }) => toApi(ofGame(games.retryStart, params)))
  })
)

const lobbyMyGames = HttpApiBuilder.group(
  UserApi,
  "lobbyMyGames",
  Effect.fnUntraced(function* (handlers) {
    const games = yield* Games
    return handlers.handle("games", ({ query }) =>
      toApi(Effect.flatMap(Caller, ({ userId }) => games.mine(userId, query)))
    )
  })
)

const lobbySchedules = HttpApiBuilder.group(
  UserApi,
  "lobbySchedules",
  Effect.fnUntraced(function* (handlers) {
    const games = yield* Games
    return handlers.handle("preview", ({ payload }) => toApi(games.previewSchedule(payload)))
  })
)

/** Handlers of `UserApi`'s groups `lobbyGames`, `lobbyMyGames` and `lobbySchedules`. */
export const layer = Layer.mergeAll(lobbyGames, lobbyMyGames, lobbySchedules)
