/** Section "galaxy summary". */
import type { GalaxySummary } from "@galaxy/contract/engine/Report"
import type { Galaxy } from "../state/Galaxy.ts"
import { racesIn } from "../state/lookups.ts"

/** The same for every reader; `players` counts the races still in the game. */
export const summary = (galaxy: Galaxy): GalaxySummary => ({
  turn: galaxy.turn,
  size: galaxy.size,
  planets: galaxy.planets.length,
  players: racesIn(galaxy).length
})
