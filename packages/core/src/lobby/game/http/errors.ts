/** From errors about games to the wire's codes. */
import { type ErrorTable, own } from "../../../shared/http/errors.ts"
import type { GameError } from "../GameError.ts"

/** One line for each `GameError`. The messages are the errors' own. */
export const errors: ErrorTable<GameError> = {
  GameNotFound: ["not_found", own],
  NotGameOwner: ["forbidden", own, "not_owner"],
  GameStateConflict: ["conflict", own, "wrong_state"],
  GameSettingsInvalid: ["invalid_request", own],
  CreationKeyTaken: ["conflict", own, "exists"],
  TooManyGames: ["conflict", own, "limit_reached"],
  TooManyGamesInPlay: ["conflict", own, "limit_reached"],
  TooManyMemberships: ["conflict", own, "limit_reached"],
  NotEnoughPlayers: ["conflict", own, "not_enough_players"],
  TooFewPlaces: ["conflict", own, "full"]
}
