/** The list of a user's games in IndexedDB, beside what is kept of the games themselves. */
import { createStore, get, set } from "idb-keyval"
import type { GamesPlace } from "../core/lobby/KeptGames.ts"
import { gameDatabase } from "./gameDatabases.ts"

/** In the database that signing out empties: what is there goes with the session. */
export const gamesPlace = (userId: string): GamesPlace => {
  const store = createStore(gameDatabase(userId), "kept")
  return {
    load: () => get("games", store),
    save: (kept) => set("games", kept, store),
    now: () => Date.now()
  }
}
