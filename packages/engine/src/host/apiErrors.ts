/** Maps the engine's errors to codes of the REST surface, in one table that the types keep complete. */
import { type ApiError, type ApiErrorCode, make } from "@galaxy/contract/api/ApiError"
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
  | EngineError.TooManyOrders
  | EngineError.CommandsRefused
  | NoRoom
  | SameName
  | SamePlayer
  | StateError

const codes: { readonly [Tag in Failure["_tag"]]: ApiErrorCode } = {
  NoGame: "conflict",
  OtherGame: "conflict",
  GameFinished: "conflict",
  TurnNotNext: "conflict",
  TurnNotOpen: "conflict",
  TurnUnknown: "not_found",
  RaceUnknown: "not_found",
  RaceGone: "conflict",
  RaceOfComputer: "conflict",
  TooManyOrders: "invalid_request",
  CommandsRefused: "invalid_request",
  NoRoom: "invalid_request",
  SameName: "invalid_request",
  SamePlayer: "invalid_request",
  StateBroken: "service_unavailable",
  StateUnavailable: "service_unavailable",
  StateLost: "service_unavailable"
}

/** Turns failures into the surface's errors. Trouble with the state folder is logged for the operator too. */
export const answered = <A, E extends Failure, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, ApiError, R> =>
  effect.pipe(
    Effect.tapError((failure) =>
      codes[failure._tag] === "service_unavailable" ? Effect.logError(failure.message) : Effect.void
    ),
    Effect.mapError((failure) => make(codes[failure._tag], failure.message))
  )
