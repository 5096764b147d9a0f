/** The words of the account's page. */
import { account } from "./account.ts"

/** Sections of the catalogue. */
export const accountScreen = { account }
