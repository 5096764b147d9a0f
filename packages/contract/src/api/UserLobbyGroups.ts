/**
 * Endpoints whose bodies and answers are in `UserLobby.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { flag, label, paging } from "./Fields.ts"
import { CreateGame, Game, GameList, ScheduleFires, SchedulePreview, UpdateGame } from "./UserLobby.ts"

/**
 * Query of `lobby.games.list`. Without `to_join` it lists public games; the filters are combined.
 */
const gamesQuery = {
  ...paging,
  /** Only games whose enrolment is open. */
  open: Schema.optionalKey(flag),
  /** Only games that the caller may join now, private ones with an invite for them included. */
  to_join: Schema.optionalKey(flag),
  /** Only games whose name begins like this; letter case doesn't matter. */
  name: Schema.optionalKey(label(64))
}

const game = { game_id: GameId }

const ofGame = { params: game, success: Game, error: wireErrors } as const

/**
 * Games and their owner's steps. Whoever may see a game may read it; others who take a step are `forbidden`,
 * `not_owner`. A step that the status doesn't allow is `conflict`, `wrong_state`.
 */
export class LobbyGamesGroup extends HttpApiGroup.make("lobbyGames")
  .add(
    HttpApiEndpoint.post("create", "/", { payload: CreateGame, success: Game, error: wireErrors }),
    HttpApiEndpoint.get("list", "/", { query: gamesQuery, success: GameList, error: wireErrors }),
    HttpApiEndpoint.get("get", "/:game_id", ofGame),
    HttpApiEndpoint.patch("update", "/:game_id", { ...ofGame, payload: UpdateGame }),
    HttpApiEndpoint.post("openEnrollment", "/:game_id/open-enrollment", ofGame),
    HttpApiEndpoint.post("readyToStart", "/:game_id/ready-to-start", ofGame),
    HttpApiEndpoint.post("start", "/:game_id/start", ofGame),
    HttpApiEndpoint.post("pause", "/:game_id/pause", ofGame),
    HttpApiEndpoint.post("resume", "/:game_id/resume", ofGame),
    HttpApiEndpoint.post("cancel", "/:game_id/cancel", ofGame),
    HttpApiEndpoint.post("retryStart", "/:game_id/retry-start", ofGame)
  )
  .prefix("/api/v1/user/lobby/games") {}

/** When a schedule would come due, before a game is made of it. One that never does is `invalid_request`. */
export class LobbySchedulesGroup extends HttpApiGroup.make("lobbySchedules")
  .add(
    HttpApiEndpoint.post("preview", "/schedule-preview", {
      payload: SchedulePreview,
      success: ScheduleFires,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/lobby") {}

/** The caller's own games, in pages of 50 by default and at most 200. */
export class LobbyMyGamesGroup extends HttpApiGroup.make("lobbyMyGames")
  .add(HttpApiEndpoint.get("games", "/games", { query: paging, success: GameList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my") {}
