/** Section "galaxy summary". */
import type { GalaxySummary } from "@galaxy/contract/engine/Report"
import { type Galaxy, racesIn } from "../state/Galaxy.ts"

export const summary = (galaxy: Galaxy): GalaxySummary => ({
  turn: galaxy.turn,
  size: galaxy.size,
  planets: galaxy.planets.length,
  players: racesIn(galaxy).length
})
