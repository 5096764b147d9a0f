/** The words of the screens around games. */
import { lobby } from "./lobby.ts"

/** Sections of the catalogue. */
export const lobbyScreens = { lobby }
