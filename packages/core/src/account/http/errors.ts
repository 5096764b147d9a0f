/** What the account module's errors are on the wire. */
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { AccountNotFound, AccountPermanentlyBlocked } from "../Accounts.ts"

export const errors: ErrorTable<AccountNotFound | AccountPermanentlyBlocked> = {
  AccountNotFound: ["not_found", "no such account"],
  AccountPermanentlyBlocked: ["account_permanently_blocked", "this address is blocked"]
}
