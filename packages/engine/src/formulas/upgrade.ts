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

/** Ships that points pay in full. */
export const payable = (ruleset: Ruleset, cost: number, points: number): number =>
  Math.floor(points / cost + ruleset.epsilon)
