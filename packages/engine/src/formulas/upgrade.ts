/** What it costs to raise the technology of ships, and how far points go (rules, section 13). */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Levels, ShipClass } from "../state/Galaxy.ts"
import { technologies, type Technology } from "../state/technologies.ts"
import { weaponsMass } from "./ships.ts"

/** Mass of one block of a ship; 0 when the ship doesn't have it. For weapons it is that of all guns. */
export const blockMass = (design: Omit<ShipClass, "name">, block: Technology): number =>
  block === "weapons" ? weaponsMass(design) : design[block]

/** Points to raise one block of one ship; 0 where there is nothing to raise. */
export const blockCost = (ruleset: Ruleset, mass: number, from: number, to: number): number =>
  to > from ? (1 - from / to) * ruleset.upgradeFactor * mass : 0

/** Points to raise all blocks of one ship from its levels to others. */
export const shipCost = (ruleset: Ruleset, design: Omit<ShipClass, "name">, from: Levels, to: Levels): number =>
  technologies.reduce((sum, block) => sum + blockCost(ruleset, blockMass(design, block), from[block], to[block]), 0)

/** The levels that one ship reaches with too few points for the whole upgrade, before they are rounded. */
export const partial = (
  ruleset: Ruleset,
  design: Omit<ShipClass, "name">,
  from: Levels,
  to: Levels,
  points: number
): Levels => {
  const whole = shipCost(ruleset, design, from, to)
  const raised = technologies.filter((block) => to[block] > from[block])
  const mass = raised.reduce((sum, block) => sum + blockMass(design, block), 0)
  const level = (block: Technology): number => {
    if (!raised.includes(block)) return from[block]
    if (ruleset.partialUpgrade === "same_fraction") return from[block] + ((to[block] - from[block]) * points) / whole
    // Every block gets the same points per unit of its mass.
    const rest = 1 - points / (mass * ruleset.upgradeFactor)
    return rest > 0 ? Math.min(to[block], from[block] / rest) : to[block]
  }
  return { drive: level("drive"), weapons: level("weapons"), shields: level("shields"), cargo: level("cargo") }
}

/** How many ships the points pay for in full, at `cost` points each. */
export const payable = (ruleset: Ruleset, cost: number, points: number): number =>
  Math.floor(points / cost + ruleset.epsilon)
