/** From errors about the standing of accounts to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { EntitlementInvalid } from "../Entitlements.ts"

/** One line for each error. The messages are the errors' own. */
export const errors: ErrorTable<EntitlementInvalid> = {
  EntitlementInvalid: ["invalid_request", own]
}
