/** What the errors about race names are on the wire. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { RaceNameInvalid, RaceNameTaken } from "../RaceName.ts"

export const errors: ErrorTable<RaceNameInvalid | RaceNameTaken> = {
  RaceNameInvalid: ["invalid_request", own],
  RaceNameTaken: ["conflict", own, "name_taken"]
}
