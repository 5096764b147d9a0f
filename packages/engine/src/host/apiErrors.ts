/** Maps the engine's errors to codes of the REST surface, in one table that the types keep complete. */
import { type ApiError, type ApiErrorCode, make, type ReasonOf } from "@galaxy/contract/api/ApiError"
import { Effect } from "effect"
import type { NoRoom, SameName, SamePlayer } from "../generation/generate.ts"
import type * as EngineError from "./EngineError.ts"
import type { StateError } from "./StateStore.ts"

type Failure =
  | EngineError.NoGame
  | EngineError.OtherGame
  | EngineError.GameFinished
  | EngineError.TurnNotNext
  | EngineError.TurnNotOpen
  | EngineError.TurnUnknown
  | EngineError.RaceUnknown
  | EngineError.RaceGone
  | EngineError.RaceOfComputer
  | EngineError.OrdersChanged
  | EngineError.TooManyOrders
  | EngineError.CommandsRefused
  | EngineError.GameExists
  | EngineError.StateRefused
  | EngineError.StateFileUnknown
  | NoRoom
  | SameName
  | SamePlayer
  | StateError

type Line = Exclude<ApiErrorCode, "conflict"> | readonly ["conflict", ReasonOf<"conflict">]

const lines: { readonly [Tag in Failure["_tag"]]: Line } = {
  NoGame: ["conflict", "wrong_state"],
  OtherGame: ["conflict", "exists"],
  GameFinished: ["conflict", "wrong_state"],
  TurnNotNext: ["conflict", "turn_passed"],
  TurnNotOpen: ["conflict", "turn_closed"],
  TurnUnknown: "not_found",
  RaceUnknown: "not_found",
  RaceGone: ["conflict", "wrong_state"],
  RaceOfComputer: ["conflict", "wrong_state"],
  OrdersChanged: ["conflict", "orders_changed"],
  TooManyOrders: "invalid_request",
  CommandsRefused: "invalid_request",
  GameExists: ["conflict", "exists"],
  StateRefused: "invalid_request",
  StateFileUnknown: "not_found",
  NoRoom: "invalid_request",
  SameName: "invalid_request",
  SamePlayer: "invalid_request",
  StateBroken: "service_unavailable",
  StateUnavailable: "service_unavailable",
  StateLost: "service_unavailable"
}

const errorOf = (failure: Failure): ApiError => {
  const line: Line = lines[failure._tag]
  return typeof line === "string" ? make(line, failure.message) : make(line[0], failure.message, line[1])
}

/** Turns failures into the surface's errors. Trouble with the state folder is logged for the operator too. */
export const answered = <A, E extends Failure, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, ApiError, R> =>
  effect.pipe(
    Effect.tapError((failure) =>
      lines[failure._tag] === "service_unavailable" ? Effect.logError(failure.message) : Effect.void
    ),
    Effect.mapError(errorOf)
  )
