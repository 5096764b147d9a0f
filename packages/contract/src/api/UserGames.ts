/**
 * In-game operations of a player (`/api/v1/user/games/{game_id}`).
 *
 * The backend authorises and passes on: it sets the actor, and neither reads nor checks the orders themselves, so the
 * bodies here are open JSON whose shape is the engine's contract.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { int } from "./Fields.ts"

const turn = int(0, 1_000_000)
const someTurn = Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
const params = { game_id: GameId }

/** The engine's answer as it came. */
export const EngineAnswer = Schema.Record(Schema.String, Schema.Unknown)

export const SubmitCommands = Schema.Struct({
  /** The turn the orders are meant for; the open one when absent. */
  turn: Schema.optionalKey(turn),
  commands: Schema.Array(EngineAnswer)
})

export const SubmitOrders = Schema.Struct({
  turn: Schema.optionalKey(turn),
  orders: Schema.Array(EngineAnswer)
})

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
    HttpApiEndpoint.get("report", "/reports/:turn", {
      params: { ...params, turn: someTurn },
      success: EngineAnswer,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/games/:game_id") {}
