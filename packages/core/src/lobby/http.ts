/**
 * The lobby on the user surface.
 *
 * An id that is none of ours in form is one that does not exist.
 */
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Caller } from "@galaxy/contract/api/Identity"
import { GameId, InviteId } from "@galaxy/contract/ids/Ids"
import { Effect, Layer, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../http/apiError.ts"
import { Games } from "./Games.ts"
import { Invites } from "./Invites.ts"
import { GameNotFound, InviteNotFound } from "./LobbyError.ts"

const isGameId = Schema.is(GameId)
const isInviteId = Schema.is(InviteId)

const gameId = (text: string): Effect.Effect<GameId, GameNotFound> =>
  isGameId(text) ? Effect.succeed(text) : Effect.fail(new GameNotFound())

interface InvitePath {
  readonly game_id: string
  readonly invite_id: string
}

const invitePath = ({ game_id, invite_id }: InvitePath) =>
  isGameId(game_id) && isInviteId(invite_id)
    ? Effect.succeed({ game: game_id, invite: invite_id })
    : Effect.fail(new InviteNotFound())

const lobbyGames = HttpApiBuilder.group(
  UserApi,
  "lobbyGames",
  Effect.fnUntraced(function* (handlers) {
    const games = yield* Games
    type Of<A, E> = (caller: Caller["Service"]["userId"], game: GameId) => Effect.Effect<A, E>
    const ofGame = <A, E>(call: Of<A, E>, params: { readonly game_id: string }) =>
      Effect.gen(function* () {
        const { userId } = yield* Caller
        return yield* call(userId, yield* gameId(params.game_id))
      })
    return handlers
      .handle("create", ({ payload }) => toApi(Effect.flatMap(Caller, ({ userId }) => games.create(userId, payload))))
      .handle("get", ({ params }) => toApi(ofGame(games.get, params)))
      .handle("openEnrollment", ({ params }) => toApi(ofGame(games.openEnrollment, params)))
      .handle("readyToStart", ({ params }) => toApi(ofGame(games.readyToStart, params)))
      .handle("start", ({ params }) => toApi(ofGame(games.start, params)))
      .handle("retryStart", ({ params }) => toApi(ofGame(games.retryStart, params)))
      .handle("memberships", ({ params }) =>
        toApi(Effect.map(ofGame(games.memberships, params), (memberships) => ({ memberships })))
      )
  })
)

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
            return yield* invites.issue(userId, yield* gameId(params.game_id), payload)
          })
        )
      )
      .handle("redeem", ({ params, payload }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const { game, invite } = yield* invitePath(params)
            return yield* invites.redeem(userId, game, invite, payload)
          })
        )
      )
      .handle("decline", ({ params }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const { game, invite } = yield* invitePath(params)
            return yield* invites.decline(userId, game, invite)
          })
        )
      )
      .handle("revoke", ({ params }) =>
        toApi(
          Effect.gen(function* () {
            const { userId } = yield* Caller
            const { game, invite } = yield* invitePath(params)
            return yield* invites.revoke(userId, game, invite)
          })
        )
      )
  })
)

const lobbyMy = HttpApiBuilder.group(
  UserApi,
  "lobbyMy",
  Effect.fnUntraced(function* (handlers) {
    const games = yield* Games
    const invites = yield* Invites
    return handlers
      .handle("games", ({ query }) => toApi(Effect.flatMap(Caller, ({ userId }) => games.mine(userId, query))))
      .handle("invites", ({ query }) => toApi(Effect.flatMap(Caller, ({ userId }) => invites.mine(userId, query))))
  })
)

/** Handlers of the lobby's groups in `UserApi`. */
export const layer = Layer.mergeAll(lobbyGames, lobbyInvites, lobbyMy)
