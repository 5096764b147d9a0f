/** From errors about race names to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { RaceNameInvalid, RaceNameTaken } from "../RaceName.ts"
import type { RaceNameError } from "../RaceNameError.ts"

/** One line for each error of `RaceName.ts` and `RaceNameError.ts`. The messages are the errors' own. */
export const errors: ErrorTable<RaceNameInvalid | RaceNameTaken | RaceNameError> = {
  RaceNameInvalid: ["invalid_request", own],
  RaceNameTaken: ["conflict", own, "name_taken"],
  NoPendingRaceName: ["not_found", own],
  TooManyRaceNames: ["conflict", own, "limit_reached"]
}
