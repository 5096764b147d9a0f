/** Runtimes of games, for operators (`/api/v1/admin/runtimes`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { engineVersion, int, paging, Timestamp } from "../Fields.ts"
import { reason, RequiredReason } from "./Reason.ts"

/** An operator's view of one game's runtime: the answer of `GET /runtimes/{game_id}` and of every mutation. */
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
  /** What was ordered of the engine and is not done yet: stop, restart or patch. */
  engine_task: Schema.optionalKey(Schema.String),
  /**
   * healthy, unhealthy (it runs and doesn't answer), removed (it ended by itself) or unknown (not asked yet, or not since
   * it did work after it was in trouble). An engine that sleeps keeps the health that it had.
   */
  health: Schema.String,
  health_since: Schema.optionalKey(Timestamp),
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

/** Body of `patch`: the version to go on with, of the same major and minor version and with a higher patch number. */
export const PatchRuntime = Schema.Struct({ version: engineVersion, reason })

/** One attempt at something that was done to a game in play. */
export const RuntimeOperation = Schema.Struct({
  operation_id: Schema.String,
  /** start, turn, stop, restart, patch, banish, or computer (the engine plays a seat). */
  op: Schema.String,
  /** started, succeeded or failed. */
  status: Schema.String,
  turn: Schema.optionalKey(Schema.Int),
  /** When the turn was due; absent for one that was asked for ahead of its time. */
  due_at: Schema.optionalKey(Timestamp),
  started_at: Timestamp,
  finished_at: Schema.optionalKey(Timestamp),
  error: Schema.optionalKey(Schema.String)
})

/** One change of an engine's health. */
export const HealthSnapshot = Schema.Struct({
  snapshot_id: Schema.String,
  observed_at: Timestamp,
  /** healthy, unhealthy or removed. */
  health: Schema.String,
  detail: Schema.optionalKey(Schema.String),
  engine_instance: Schema.optionalKey(Schema.String)
})

/** Newest first. Without `next_cursor` it is the last page. */
export const OperationList = Schema.Struct({
  operations: Schema.Array(RuntimeOperation),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** Newest first. Without `next_cursor` it is the last page. */
export const HealthList = Schema.Struct({
  health: Schema.Array(HealthSnapshot),
  next_cursor: Schema.optionalKey(Schema.String)
})

const ofGame = { params: { game_id: GameId }, success: Runtime, error: wireErrors } as const

/**
 * Runtimes of games. A game that was never started is `not_found`; forcing a turn of one that isn't running, and
 * restarting or patching one that isn't in play, is `conflict`. Restarts and patches are carried out soon afterwards; a
 * version that doesn't get up is taken back. A disabled version is `conflict`, `version_disabled`, any but a patch
 * `not_a_patch`, and both wait for a turn that is being made (`generating`).
 */
export class AdminRuntimesGroup extends HttpApiGroup.make("adminRuntimes")
  .add(
    HttpApiEndpoint.get("get", "/:game_id", ofGame),
    HttpApiEndpoint.post("forceNextTurn", "/:game_id/force-next-turn", {
      ...ofGame,
      payload: [ForceNextTurn, Schema.Null]
    }),
    HttpApiEndpoint.post("restart", "/:game_id/restart", { ...ofGame, payload: RequiredReason }),
    HttpApiEndpoint.post("patch", "/:game_id/patch", { ...ofGame, payload: PatchRuntime }),
    HttpApiEndpoint.get("operations", "/:game_id/operations", { ...ofGame, query: paging, success: OperationList }),
    HttpApiEndpoint.get("health", "/:game_id/health", { ...ofGame, query: paging, success: HealthList })
  )
  .prefix("/api/v1/admin/runtimes") {}
