/** Maps the account module's errors to wire codes. */
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { AccountNotFound, AccountPermanentlyBlocked } from "../Accounts.ts"

/** One line per error. Both messages are fixed texts, so they reveal nothing about another account. */
export const errors: ErrorTable<AccountNotFound | AccountPermanentlyBlocked> = {
  AccountNotFound: ["not_found", "no such account"],
  AccountPermanentlyBlocked: ["account_permanently_blocked", "this address is blocked"]
}
