/** What it costs to raise the technology of ships, and how far points go (rules, section 13). */
import type { Ruleset } from "../rules/Ruleset.ts"
import { type Levels, type ShipClass, technologies, type Technology } from "../state/Galaxy.ts"
import { weaponsMass } from "./ships.ts"

export const blockMass = (design: Omit<ShipClass, "name">, block: Technology): number =>
  block === "weapons" ? weaponsMass(design) : design[block]

/** Points for one block of one ship; nothing where there is nothing to raise. */
export const blockCost = (ruleset: Ruleset, mass: number, from: number, to: number): number =>
  to > from ? (1 - from / to) * ruleset.upgradeFactor * mass : 0

/** Points for one ship from its levels to others. */
export const shipCost = (ruleset: Ruleset, design: Omit<ShipClass, "name">, from: Levels, to: Levels): number =>
  technologies.reduce((sum, block) => sum + blockCost(ruleset, blockMass(design, block), from[block], to[block]), 0)

/** The levels that too few points reach on one ship, before they are rounded. */
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
    // A block of any mass gets the same points for each unit of it.
    const rest = 1 - points / (mass * ruleset.upgradeFactor)
    return rest > 0 ? Math.min(to[block], from[block] / rest) : to[block]
  }
  return { drive: level("drive"), weapons: level("weapons"), shields: level("shields"), cargo: level("cargo") }
}

/** Ships that points pay in full. */
export const payable = (ruleset: Ruleset, cost: number, points: number): number =>
  Math.floor(points / cost + ruleset.epsilon)
