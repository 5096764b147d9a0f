/** From errors about notifications to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { UnsubscribeTokenInvalid } from "../Unsubscriptions.ts"

/** One line for each error. */
export const errors: ErrorTable<UnsubscribeTokenInvalid> = {
  UnsubscribeTokenInvalid: ["invalid_request", own]
}
