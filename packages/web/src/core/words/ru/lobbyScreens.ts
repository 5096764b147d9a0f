/** The words of the screens around games, in Russian. */
import { lobby } from "./lobby.ts"

/** Sections of the catalogue. */
export const lobbyScreens = { lobby }
