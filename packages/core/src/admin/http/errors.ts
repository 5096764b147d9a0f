/** From the errors of administrators' accounts to the wire's codes. */
import type { ErrorTable } from "../../shared/http/errors.ts"
import { own } from "../../shared/http/errors.ts"
import type { AdminCredentialsUnusable, AdminExists, AdminNotFound, LastAdmin } from "../AdminAccounts.ts"

/** One line for each error. */
export const errors: ErrorTable<AdminCredentialsUnusable | AdminExists | AdminNotFound | LastAdmin> = {
  AdminCredentialsUnusable: ["invalid_request", own],
  AdminExists: ["conflict", "an administrator of this name exists already", "exists"],
  AdminNotFound: ["not_found", "no such administrator"],
  LastAdmin: ["conflict", "this is the last enabled administrator; enable or create another one first", "last_admin"]
}
