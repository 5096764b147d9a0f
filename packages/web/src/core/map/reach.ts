/** How far ships get, by the engine's own formulas and the ruleset's numbers. */
import type { OwnClass, OwnGroup, Report } from "@galaxy/contract/engine/Report"
import { fullMass, holdOf, speedOf } from "@galaxy/engine/formulas/ships"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { apart, type Coordinates, type Space } from "./space.ts"

/** The speed of the slowest of these ships; undefined where there are none, or one has no drive. */
export const slowest = (groups: ReadonlyArray<{ readonly speed: number }>): number | undefined => {
  const speed = groups.reduce((least, it) => Math.min(least, it.speed), Number.POSITIVE_INFINITY)
  return Number.isFinite(speed) && speed > 0 ? speed : undefined
}

/** A report rounds levels to two decimals: this much of one may be missing. */
const rounding = 0.005

/** Light years that no ship exceeds in a turn: a ship of nothing but drive, with the best drives of all races. */
export const fastestOf = (ruleset: Ruleset, { players }: Pick<Report, "players">): number =>
  ruleset.speedFactor * (players.reduce((most, { drive }) => Math.max(most, drive), 0) + rounding)

/** Light years that these ships make in one, two and three turns. */
export const ringsOf = (speed: number | undefined): ReadonlyArray<number> =>
  speed === undefined ? [] : [speed, speed * 2, speed * 3]

/** The own classes with the speed that a new, empty ship of each has; those without a drive are left out. */
export const classSpeeds = (
  ruleset: Ruleset,
  report: Report
): ReadonlyArray<{ readonly name: string; readonly speed: number }> => {
  const me = report.players.find(({ name }) => name === report.race)
  if (me === undefined) return []
  return report.my_classes
    .map((design) => ({ name: design.name, speed: speedWith(ruleset, design, me, 0) }))
    .filter(({ speed }) => speed > 0)
}

/** Where a race may send ships: `radius` light years around each of its planets. Null: everywhere. */
export interface Zone {
  readonly centres: ReadonlyArray<Coordinates>
  readonly radius: number | null
}

const drive = (report: Report) => report.players.find(({ name }) => name === report.race)?.drive ?? 0

const zoneOf = (report: Report, factor: number | null): Zone => ({
  centres: report.my_planets.map(({ x, y }) => ({ x, y })),
  radius: factor === null ? null : factor * drive(report)
})

/** The zone into which ships may be sent. */
export const flightZone = (ruleset: Ruleset, report: Report): Zone => zoneOf(report, ruleset.flightZoneFactor)

/** The zone in which foreign ships in space are noticed. */
export const detectionZone = (ruleset: Ruleset, report: Report): Zone => zoneOf(report, ruleset.detectionZoneFactor)

/** Whether a place lies in a zone. At the very edge the report's rounding doesn't tell; then it counts as inside. */
export const inZone = (space: Space, { centres, radius }: Zone, place: Coordinates, factor = 40): boolean => {
  if (centres.length === 0) return false
  if (radius === null) return true
  return centres.some((centre) => apart(space, centre, place) <= radius + rounding * factor)
}

/** Light years per turn of ships of a class with `load` aboard each, at these levels. */
export const speedWith = (
  ruleset: Ruleset,
  design: OwnClass,
  techs: Pick<OwnGroup, "drive" | "cargo">,
  load: number
): number => speedOf(ruleset, design, techs, fullMass(design.mass, load, techs))

/** What one ship of a class holds at these levels. */
export const holdWith = (ruleset: Ruleset, design: OwnClass, techs: Pick<OwnGroup, "cargo">): number =>
  holdOf(ruleset, design, techs)
