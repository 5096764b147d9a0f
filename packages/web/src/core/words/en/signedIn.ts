/** The words that every screen of a player has. */
import { games } from "./games.ts"
import { notices } from "./notices.ts"

/** Sections of the catalogue. */
export const signedIn = { games, notices }
