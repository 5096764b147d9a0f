/** Strength of armed ships, and how a fight between two forces is likely to end. */
import type { ForeignGroup, OwnGroup, Report } from "@galaxy/contract/engine/Report"
import { log4 } from "../formulas/exact.ts"
import { attackOf, defenceOf, emptyMass } from "../formulas/ships.ts"
import { plus } from "../rules/Ruleset.ts"
import type { ShipClass } from "../state/Galaxy.ts"

/** Armed ships taken together: their mass, and the mean of what counts in a fight over that mass. */
export interface Force {
  readonly mass: number
  /** Mass of one ship. */
  readonly ship: number
  /** Guns of one ship, the strength of each, and the defence of the ship. */
  readonly guns: number
  readonly attack: number
  readonly defence: number
}

/** No ships at all. */
export const nobody: Force = { mass: 0, ship: 1, guns: 0, attack: 0, defence: 0 }

type Blocks = Omit<ShipClass, "name">

/** The force that so much mass of a design makes, built with the given technologies. */
export const forceOf = (
  design: Blocks,
  techs: { readonly weapons: number; readonly shields: number },
  mass: number
): Force => {
  const ship = emptyMass(design)
  return {
    mass,
    ship,
    guns: design.armament,
    attack: attackOf(design, techs),
    defence: defenceOf(plus, design, techs, ship)
  }
}

/** Several forces that fight side by side. */
export const joined = (forces: ReadonlyArray<Force>): Force => {
  const mass = forces.reduce((sum, it) => sum + it.mass, 0)
  if (mass === 0) return nobody
  const mean = (of: (force: Force) => number): number => forces.reduce((sum, it) => sum + it.mass * of(it), 0) / mass
  return {
    mass,
    ship: mean((it) => it.ship),
    guns: mean((it) => it.guns),
    attack: mean((it) => it.attack),
    defence: mean((it) => it.defence)
  }
}

/** Chance that a shot kills (rules, section 16). */
const chance = (attack: number, defence: number): number =>
  attack === 0 ? 0 : defence === 0 ? 1 : Math.min(1, Math.max(0, (log4(attack / defence) + 1) / 2))

/**
 * Share of the first force that is left after it has beaten the second: 1 without losses, and 0 when it loses or the
 * fight stays undecided. By Lanchester's square law, so it is the mean of many fights, not one of them.
 */
export const leftOf = (mine: Force, theirs: Force): number => {
  if (theirs.mass === 0 || theirs.guns === 0) return mine.mass > 0 && mine.guns > 0 ? 1 : 0
  if (mine.mass === 0) return 0
  const dealt = (mine.guns / mine.ship) * chance(mine.attack, theirs.defence) * theirs.ship
  const taken = (theirs.guns / theirs.ship) * chance(theirs.attack, mine.defence) * mine.ship
  if (dealt === 0) return 0
  const left = 1 - (taken * theirs.mass * theirs.mass) / (dealt * mine.mass * mine.mass)
  return left > 0 ? Math.sqrt(left) : 0
}

/** Foreign classes of the report that carry guns, by race and name. */
const armedClasses = (report: Report): ReadonlyMap<string, Blocks> =>
  new Map(report.foreign_classes.flatMap((it) => (it.armament > 0 ? [[`${it.race} ${it.name}`, it] as const] : [])))

/** Foreign groups with guns in the report, with the design of their ships. */
export const armedGroups = (
  report: Report
): ReadonlyArray<{ readonly group: ForeignGroup; readonly design: Blocks }> => {
  const armed = armedClasses(report)
  return report.foreign_groups.flatMap((group) => {
    const design = armed.get(`${group.race} ${group.class}`)
    return design === undefined ? [] : [{ group, design }]
  })
}

/** Mass of all foreign armed ships in the report, by the planet where they are. */
export const armedMass = (report: Report): ReadonlyMap<number, number> => {
  const mass = new Map<number, number>()
  for (const { group } of armedGroups(report))
    mass.set(group.destination, (mass.get(group.destination) ?? 0) + group.ships * group.mass)
  return mass
}

/** The force of a group with the given design. */
export const groupForce = (group: OwnGroup | ForeignGroup, design: Blocks): Force =>
  forceOf(design, group, group.ships * emptyMass(design))
