/** From the runtime's errors to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { RuntimeError } from "../RuntimeError.ts"

/** One line for each `RuntimeError`. For a paused game, `GameNotRunning` has the reason `paused`. */
export const errors: ErrorTable<RuntimeError> = {
  RuntimeNotFound: ["not_found", "this game has no runtime: it hasn't been started yet"],
  GameNotRunning: ["conflict", own, (it) => (it.status === "paused" ? "paused" : "wrong_state")],
  EngineVersionOlder: ["conflict", own, "not_a_patch"],
  NotAPatch: ["conflict", own, "not_a_patch"],
  TurnBeingMade: ["conflict", "the turn is being generated; try again once it is made", "generating"],
  TurnNotOpen: ["conflict", own, "turn_closed"],
  TurnNotMade: ["not_found", own],
  TurnPassed: ["conflict", own, "turn_passed"],
  TurnWindowClosed: ["conflict", "the turn is being generated; orders are closed", "generating"]
}
