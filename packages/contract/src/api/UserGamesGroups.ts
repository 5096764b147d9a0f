/**
 * Endpoints whose bodies and answers are in `UserGames.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { whole } from "./Fields.ts"
import { EngineAnswer, Ready, SetReady, SubmitCommands, SubmitOrders } from "./UserGames.ts"

const someTurn = whole(0, 1_000_000)

const params = { game_id: GameId }

/**
 * Orders and reports of the caller's race. Callers who only see the game are `forbidden`, `not_member`. Writes need a
 * running game and are `conflict`, `generating` while a turn is made. Reads above the newest committed turn are
 * `not_found`. A player is ready for the open turn only, and orders that change take that back.
 */
export class GamesGroup extends HttpApiGroup.make("games")
  .add(
    HttpApiEndpoint.post("command", "/commands", {
      params,
      payload: SubmitCommands,
      success: EngineAnswer,
      error: wireErrors
    }),
    HttpApiEndpoint.post("order", "/orders", {
      params,
      payload: SubmitOrders,
      success: EngineAnswer,
      error: wireErrors
    }),
    HttpApiEndpoint.get("orders", "/orders", {
      params,
      query: { turn: Schema.optionalKey(someTurn) },
      success: EngineAnswer,
      error: wireErrors
    }),
    HttpApiEndpoint.post("ready", "/ready", { params, payload: SetReady, success: Ready, error: wireErrors }),
    HttpApiEndpoint.get("report", "/reports/:turn", {
      params: { ...params, turn: someTurn },
      success: EngineAnswer,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/games/:game_id") {}
