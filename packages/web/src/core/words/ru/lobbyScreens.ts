/** The words of the screens around games, in Russian. */
import { account } from "./account.ts"
import { lobby } from "./lobby.ts"

/** Sections of the catalogue. */
export const lobbyScreens = { account, lobby }
