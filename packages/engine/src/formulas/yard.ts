/** How many ships a planet finishes, and what an abandoned hull gives back (rules, section 11). */
import type { Ruleset } from "../rules/Ruleset.ts"

/** Mass that is billed for a ship, by the ruleset's `hullBilling`. */
const billedMass = ({ hullBilling }: Ruleset, mass: number): number =>
  mass > hullBilling.aboveMass ? mass - hullBilling.discount : mass

/** What a planet has built, and what is left of its points and stock. */
export interface Built {
  readonly ships: number
  /** Points kept for the next ship. */
  readonly banked: number
  /** Materials left in stock. */
  readonly materials: number
}

/**
 * Builds ships with `points`, which include banked ones. Materials are taken only when a hull is finished; those
 * missing from stock are mined.
 */
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
 * Materials that come back when a hull with banked points is given up. They exceed the hull's own when more points than
 * its price were banked while ore was missing: the rules set no bound (section 11).
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
