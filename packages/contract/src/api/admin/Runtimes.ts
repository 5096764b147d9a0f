/** Runtimes of games, for operators (`/api/v1/admin/runtimes`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { int, Timestamp } from "../Fields.ts"
import { reason } from "./Reason.ts"

/** An operator's view of one game's runtime: the answer of `GET /runtimes/{game_id}` and of `force-next-turn`. */
export const Runtime = Schema.Struct({
  game_id: GameId,
  /**
   * starting, running, generation_in_progress, generation_failed, paused, start_failed, stopped or finished. A turn that
   * failed for good (`generation_failed`) is tried again by `force-next-turn`.
   */
  status: Schema.String,
  engine_version: Schema.optionalKey(Schema.String),
  image_ref: Schema.optionalKey(Schema.String),
  /** The host's id of the process or container that runs the engine. */
  engine_instance: Schema.optionalKey(Schema.String),
  /** The newest committed turn. */
  current_turn: Schema.Int,
  /** The turn under generation; absent while none is. */
  generating_turn: Schema.optionalKey(Schema.Int),
  /** Since when the engine has been computing that turn, once it has taken longer than one call waits. */
  generating_since: Schema.optionalKey(Timestamp),
  next_turn_at: Schema.optionalKey(Timestamp),
  /** Why the last start or turn failed; absent after one that succeeded. */
  failure_reason: Schema.optionalKey(Schema.String),
  started_at: Schema.optionalKey(Timestamp),
  /** When the engine last completed a start or a turn, or was found under a new instance id. */
  last_observed_at: Schema.optionalKey(Timestamp)
})

/**
 * Body of `force-next-turn`. Without `expected_turn`, or without a body, a turn is made whatever the current one is.
 */
export const ForceNextTurn = Schema.Struct({
  /**
   * The newest turn that the caller knows of; if the game is at another, the call is `conflict`, `turn_passed`.
   * Repeated calls with the same value make one turn.
   */
  expected_turn: Schema.optionalKey(int(0, 1_000_000)),
  /** Why, for the audit log. */
  reason: Schema.optionalKey(reason)
})

const ofGame = { params: { game_id: GameId }, success: Runtime, error: wireErrors } as const

/**
 * Runtimes of games. A game that was never started is `not_found`; forcing a turn of one that isn't running is
 * `conflict`.
 */
export class AdminRuntimesGroup extends HttpApiGroup.make("adminRuntimes")
  .add(
    HttpApiEndpoint.get("get", "/:game_id", ofGame),
    HttpApiEndpoint.post("forceNextTurn", "/:game_id/force-next-turn", {
      ...ofGame,
      payload: [ForceNextTurn, Schema.Null]
    })
  )
  .prefix("/api/v1/admin/runtimes") {}
