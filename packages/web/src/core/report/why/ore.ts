/** The ore that a planet has for its product, with what comes back from a hull that it gives up. */
import type { OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { technologies } from "@galaxy/engine/state/technologies"
import { type GivenUp, givenUp } from "../givenUp.ts"
import { type Figure, figure, formula, step, type Step, type Term, term } from "./formula.ts"

/** What its owner can make and has banked; without yards, as for others' planets, nothing tells of what is banked. */
export type KnownOfOwner = Pick<Report, "my_classes" | "my_sciences"> & Partial<Pick<Report, "yards">>

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

/** What a planet makes something of: its ore, and that of a hull which it gives up for it. */
export interface Ore {
  readonly hull: GivenUp | undefined
  readonly value: number
  /** How the ore comes about, and what it is called after that. */
  readonly steps: ReadonlyArray<Step>
  readonly term: Term
}

const oreOf = (planet: OwnPlanet, hull: GivenUp | undefined): Ore => {
  const ore = term(planet.materials, "materials")
  if (hull === undefined || hull.ore <= 0) return { hull, value: planet.materials, steps: [], term: ore }
  const value = planet.materials + hull.ore
  const all = step("oreToUse", value, formula`${ore} + ${term(hull.ore, "oreReturned")}`)
  return { hull, value, steps: [all], term: term(value, "oreToUse") }
}

/** The mass that is paid for a ship of this mass. */
export const billedMass = ({ hullBilling: { aboveMass, discount } }: Ruleset, mass: number): number =>
  mass > aboveMass ? mass - discount : mass

/** Ore that comes back from the hull that is given up. */
export const returnedFigures = (ruleset: Ruleset, planet: OwnPlanet, { hull }: Ore): ReadonlyArray<Figure> => {
  if (hull === undefined || hull.ore <= 0) return []
  const mass = term(billedMass(ruleset, hull.mass), "emptyMass", hull.class)
  const mined = formula`${mass} − ${term(planet.materials, "materials")}`
  const ofIt = ruleset.oreReturned === "all" ? formula`${mass}` : formula`( ${mined} )`
  const mining = mass.value > planet.materials ? formula`+ ( ${mined} ) ÷ ${term(planet.resources, "resources")}` : []
  const share = formula`${term(hull.points, "banked")} ÷ ( ${ruleset.pointsPerMass} × ${mass} ${mining} )`
  return [figure("oreReturned", [step("oreReturned", hull.ore, formula`${ofIt} × ${share}`)])]
}

/** The class that a product is; undefined for goods, research and sciences. */
const classOf = (product: string, { my_sciences: sciences }: KnownOfOwner): string | undefined =>
  ["CAP", "MAT", ...technologies, ...sciences.map(({ name }) => name)].some((it) => same(it, product))
    ? undefined
    : product.replace(/^SHIP /i, "")

/** The ore for what it makes. Without yards, as for others' planets, nothing tells of a hull. */
export const oreWith = (ruleset: Ruleset, planet: OwnPlanet, known: KnownOfOwner): Ore => {
  const { my_classes, yards = [] } = known
  return oreOf(planet, givenUp(ruleset, { my_classes, yards }, planet, classOf(planet.production, known)))
}
