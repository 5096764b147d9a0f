/** From errors of in-game calls to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { ReportsGone } from "../PlayError.ts"

/** One line for each error of `PlayError.ts`. */
export const errors: ErrorTable<ReportsGone> = {
  ReportsGone: ["not_found", own]
}
