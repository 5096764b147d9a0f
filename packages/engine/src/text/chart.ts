/** Where the planets of a report are, and how fast its reader can fly between them. It holds only what a report shows. */
import type { Report } from "@galaxy/contract/engine/Report"
import { type Ruleset, plus } from "../rules/Ruleset.ts"

/** A planet by what its place on the map shows. */
export interface ChartedPlanet {
  readonly number: number
  readonly x: number
  readonly y: number
  readonly kind: "own" | "foreign" | "empty" | "unknown"
  /** Name of the race that owns it, where the report says so. */
  readonly owner: string | undefined
}

/** All planets, those that most is known of first. */
export interface Chart {
  readonly map: Ruleset["map"]
  readonly side: number
  readonly planets: ReadonlyArray<ChartedPlanet>
  /** The reader's level of drive, and what a ship that is nothing but drive then flies in a turn. */
  readonly drive: number
  readonly speed: number
  /** What may be left of a way when a ship has arrived. */
  readonly tolerance: number
}

/** The chart in a report of a game with this ruleset. */
export const chartOf = (report: Report, ruleset: Ruleset = plus): Chart => {
  const drive = report.players.find(({ name }) => name === report.race)?.drive ?? 0
  const charted = (
    planets: ReadonlyArray<{ readonly number: number; readonly x: number; readonly y: number }>,
    kind: ChartedPlanet["kind"],
    owner?: string
  ): ReadonlyArray<ChartedPlanet> => planets.map(({ number, x, y }) => ({ number, x, y, kind, owner }))
  return {
    map: ruleset.map,
    side: report.summary.size,
    planets: [
      ...charted(report.my_planets, "own", report.race),
      ...report.foreign_planets.flatMap((it) => charted([it], "foreign", it.owner)),
      ...charted(report.uninhabited_planets, "empty"),
      ...charted(report.unknown_planets, "unknown")
    ],
    drive,
    speed: ruleset.speedFactor * drive,
    tolerance: ruleset.arrivalTolerance
  }
}
