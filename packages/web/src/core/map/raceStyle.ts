/** How a race looks on the map: its mark, and whether that is enough to tell it from all others. */
import type { Report } from "@galaxy/contract/engine/Report"
import { type RaceMark, raceMarks, type RaceShape, raceShapes } from "../game/raceMarks.ts"

/** A shape of a race's mark. */
export type Shape = RaceShape

/** A race's mark on the map. */
export interface RaceStyle extends RaceMark {
  /** True where another race looks the same, so that the name has to stand beside the mark. */
  readonly ambiguous: boolean
}

/** Colours of other races, the tokens `--r1` to `--r7`. */
const colours = 7

/** The marks of all races by name. */
export const raceStyles = (report: Pick<Report, "race" | "players">): ReadonlyMap<string, RaceStyle> => {
  const used = new Set<string>()
  const crowded = report.players.length - 1 > raceShapes.length * colours
  return new Map(
    [...raceMarks(report)].map(([name, mark]) => {
      const key = `${mark.shape} ${mark.colour}`
      const ambiguous = crowded && used.has(key)
      used.add(key)
      return [name, { ...mark, ambiguous }]
    })
  )
}
