/** Accounts that were made. Whoever commits the transaction of a new account counts it, after the commit. */
import { counter } from "@galaxy/contract/telemetry/instruments"

/** Adds the accounts that a committed transaction has made. */
export const signups = counter("galaxy.signups")
