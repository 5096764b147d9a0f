/**
 * In-game operations of a player (`/api/v1/user/games/{game_id}`).
 *
 * The backend authorises the caller, sets the acting race and passes the rest on. It neither reads nor checks the
 * orders, so the bodies here are open JSON whose shape is the engine's contract.
 */
import { Schema } from "effect"
import { int } from "./Fields.ts"

const turn = int(0, 1_000_000)

/** A JSON object of the engine's contract, passed on unchanged: one of its answers, or one order of a request. */
export const EngineAnswer = Schema.Record(Schema.String, Schema.Unknown)

/** Body of `user.games.command`: a batch to append to the race's orders, all of it or nothing. */
export const SubmitCommands = Schema.Struct({
  /** The turn that the orders are meant for; the open one when absent, and a conflict if it is another. */
  turn: Schema.optionalKey(turn),
  commands: Schema.Array(EngineAnswer)
})

/** Body of `user.games.order`: the list that replaces the race's orders. */
export const SubmitOrders = Schema.Struct({
  /** As in `SubmitCommands`. */
  turn: Schema.optionalKey(turn),
  orders: Schema.Array(EngineAnswer),
  /**
   * The revision of the list that the writer knows, from an earlier answer. If another one stands, it is a conflict
   * (`orders_changed`) and nothing changes. Absent or 0, whatever stands is replaced. Lists of
   * different turns never have the same revision.
   */
  if_revision: Schema.optionalKey(int(0, Number.MAX_SAFE_INTEGER))
})

/** Body of `user.games.ready`: whether the caller's orders for the turn are done. */
export const SetReady = Schema.Struct({ turn, ready: Schema.Boolean })

/**
 * Answer of `user.games.ready`: how many players are done with the turn, of how many that count. Eliminated players and
 * seats that the engine plays don't.
 */
export const Ready = Schema.Struct({
  turn: Schema.Int,
  ready: Schema.Boolean,
  ready_count: Schema.Int,
  player_count: Schema.Int
})

export type Ready = typeof Ready.Type
