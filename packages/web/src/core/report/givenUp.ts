/** What a planet gives up when it turns to another product while a ship is under construction. */
import type { OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import { oreReturned } from "@galaxy/engine/formulas/yard"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"

/** A hull that is given up: its points are lost, and ore comes back to the planet before anything new is made. */
export interface GivenUp {
  readonly class: string
  /** Of an empty ship. */
  readonly mass: number
  readonly points: number
  readonly ore: number
}

/** The hull that a planet gives up; undefined where it has none, or goes on with its class. `ships` is the class to make. */
export const givenUp = (
  ruleset: Ruleset,
  { my_classes: classes, yards }: Pick<Report, "my_classes" | "yards">,
  { number, resources, materials }: Pick<OwnPlanet, "number" | "resources" | "materials">,
  ships: string | undefined
): GivenUp | undefined => {
  const yard = yards.find(({ planet }) => planet === number)
  if (yard === undefined || yard.banked <= 0 || ships?.toLowerCase() === yard.class.toLowerCase()) return undefined
  const mass = classes.find(({ name }) => name === yard.class)?.mass ?? yard.price / ruleset.pointsPerMass
  const ore = oreReturned(ruleset, mass, resources, materials, yard.banked)
  return { class: yard.class, mass, points: yard.banked, ore }
}
