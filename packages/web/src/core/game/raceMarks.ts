/** How races are told apart: by shape, colour and name together, never by colour alone. */
import type { Report } from "@galaxy/contract/engine/Report"

/** The own race is always the circle in gold. */
export const raceShapes = ["square", "diamond", "triangle", "hexagon", "cross", "star", "pentagon", "drop"] as const
export type RaceShape = (typeof raceShapes)[number] | "circle"

/** `colour` is the number of a token, `--r0` for the own race to `--r7`. After 56 others they repeat. */
export interface RaceMark {
  readonly shape: RaceShape
  readonly colour: number
}

const colours = 7

export const ownMark: RaceMark = { shape: "circle", colour: 0 }

/** The marks of a game's races by name, in the order of the report, which is the same in every turn. */
export const raceMarks = (report: Pick<Report, "race" | "players">): ReadonlyMap<string, RaceMark> => {
  let others = 0
  return new Map(
    report.players.map(({ name }) => {
      if (name === report.race) return [name, ownMark]
      const at = others++
      return [name, { shape: raceShapes[at % raceShapes.length] ?? "square", colour: 1 + (at % colours) }]
    })
  )
}
