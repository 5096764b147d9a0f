/** How many ships a planet finishes, and what a hull that is given up leaves (rules, section 11). */
import type { Ruleset } from "../rules/Ruleset.ts"

/** Mass that is billed for a ship. */
const billedMass = ({ hullBilling }: Ruleset, mass: number): number =>
  mass > hullBilling.aboveMass ? mass - hullBilling.discount : mass

export interface Built {
  readonly ships: number
  /** Points kept for the next one. */
  readonly banked: number
  readonly materials: number
}

/** Ships out of `points`, banked ones included. Ore is taken when a hull is finished; what is missing is mined. */
export const build = (ruleset: Ruleset, mass: number, resources: number, materials: number, points: number): Built => {
  const billed = billedMass(ruleset, mass)
  const price = ruleset.pointsPerMass * billed
  const least = Math.floor(points / price + ruleset.epsilon)
  const fromStock = Math.floor(materials / billed + ruleset.epsilon)
  const mined =
    resources > 0 ? Math.floor((points + materials / resources) / (price + billed / resources) + ruleset.epsilon) : 0
  const ships = Math.max(Math.min(least, fromStock), Math.min(least, mined))
  if (ships === 0) return { ships, banked: points, materials }
  const missing = Math.max(0, ships * billed - materials)
  const cost = ships * price + (missing > 0 && resources > 0 ? missing / resources : 0)
  return {
    ships,
    banked: Math.max(0, points - cost),
    materials: Math.max(0, materials - ships * billed)
  }
}

/**
 * Materials that come back when a hull with banked points is given up. More than the hull's where more points than its
 * price were waiting for ore: the rules have no bound (section 11).
 */
export const oreReturned = (
  ruleset: Ruleset,
  mass: number,
  resources: number,
  materials: number,
  banked: number
): number => {
  const billed = billedMass(ruleset, mass)
  const mined = Math.max(0, billed - materials)
  if (mined > 0 && resources === 0) return 0
  const share = banked / (ruleset.pointsPerMass * billed + (mined > 0 ? mined / resources : 0))
  return share * (ruleset.oreReturned === "all" ? billed : mined)
}
