/** The words of the screens around games. */
import { account } from "./account.ts"
import { lobby } from "./lobby.ts"

/** Sections of the catalogue. */
export const lobbyScreens = { account, lobby }
