/** The words of the account's page, in Russian. */
import { account } from "./account.ts"

/** Sections of the catalogue. */
export const accountScreen = { account }
