/** Which races the legend explains. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Scene } from "./sceneTypes.ts"

/** So many other races are all in the legend, whether they are seen or not. */
const few = 12

/** The other races in the order of the report: all of a small game, and of a large one those that are on the map. */
export const legendRaces = (
  report: Pick<Report, "race" | "players">,
  scene: Pick<Scene, "spots">
): ReadonlyArray<string> => {
  const others = report.players.filter(({ name, extinct }) => name !== report.race && !extinct).map(({ name }) => name)
  if (others.length <= few) return others
  const seen = new Set(scene.spots.flatMap(({ owner, guests }) => [owner, ...guests.map(({ race }) => race)]))
  return others.filter((name) => seen.has(name))
}
