/** How a race looks everywhere: a shape and a colour, so that nobody has to tell races apart by colour alone. */
import type { Report } from "@galaxy/contract/engine/Report"

/** Shapes of marks: the circle is always one's own. */
export const shapes = [
  "circle",
  "square",
  "diamond",
  "triangle",
  "hexagon",
  "cross",
  "star",
  "pentagon",
  "drop"
] as const
/** One of `shapes`. */
export type Shape = (typeof shapes)[number]

/** Colours of other races, the tokens `--r1` to `--r7`; `--r0` is one's own. */
export const raceColours = 7

/** A race's mark. */
export interface RaceStyle {
  readonly shape: Shape
  /** Number of the token `--r…`. */
  readonly colour: number
  /** True where another race looks the same, so that the name has to stand beside the mark. */
  readonly ambiguous: boolean
}

/** The reader's own mark. */
export const ownStyle: RaceStyle = { shape: "circle", colour: 0, ambiguous: false }

const foreignShapes = shapes.length - 1

/** The mark of the other race at this place, from 0: 56 pairs before one comes again. */
export const foreignStyle = (place: number): RaceStyle => ({
  shape: shapes[1 + (place % foreignShapes)] ?? "square",
  colour: 1 + (place % raceColours),
  ambiguous: place >= foreignShapes * raceColours
})

/** The marks of all races by name: the others' in the order of the report's list of players, which never changes. */
export const raceStyles = (report: Pick<Report, "race" | "players">): ReadonlyMap<string, RaceStyle> => {
  const others = report.players.filter(({ name }) => name !== report.race)
  return new Map([
    [report.race, ownStyle],
    ...others.map(({ name }, place): [string, RaceStyle] => [name, foreignStyle(place)])
  ])
}
