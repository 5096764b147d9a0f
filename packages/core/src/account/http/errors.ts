/** Maps the account module's errors to wire codes. */
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { AccountNotFound, AccountPermanentlyBlocked } from "../Accounts.ts"
import type { SettingInvalid } from "../AccountSettings.ts"

/** One line per error. No message reveals anything about another account. */
export const errors: ErrorTable<AccountNotFound | AccountPermanentlyBlocked | SettingInvalid> = {
  AccountNotFound: ["not_found", "no such account"],
  AccountPermanentlyBlocked: ["account_permanently_blocked", "this address is blocked"],
  SettingInvalid: ["invalid_request", (it) => it.problem]
}
