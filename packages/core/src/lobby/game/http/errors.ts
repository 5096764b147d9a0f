/** What the errors about games are on the wire. */
import { type ErrorTable, own } from "../../../shared/http/errors.ts"
import type { GameError } from "../GameError.ts"

export const errors: ErrorTable<GameError> = {
  GameNotFound: ["not_found", own],
  NotGameOwner: ["forbidden", own, "not_owner"],
  GameStateConflict: ["conflict", own, "wrong_state"],
  GameSettingsInvalid: ["invalid_request", own],
  TooManyGames: ["conflict", own, "limit_reached"],
  NotEnoughPlayers: ["conflict", own]
}
