/** A ship's numbers: mass, speed, guns, shields and hold (rules, section 11). */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Levels, ShipClass } from "../state/Galaxy.ts"
import { cubeRoot } from "./exact.ts"

type Blocks = Omit<ShipClass, "name">

/** Mass of the weapons block: the first gun weighs its calibre, every further one half of it. */
export const weaponsMass = (design: Pick<Blocks, "armament" | "weapons">): number =>
  design.armament === 0 ? 0 : (design.weapons * (design.armament + 1)) / 2

/** Mass of one ship without its load: the sum of its blocks. */
export const emptyMass = (design: Blocks): number => design.drive + weaponsMass(design) + design.shields + design.cargo

/** Units of cargo that one ship can hold. */
export const holdOf = (ruleset: Ruleset, design: Pick<Blocks, "cargo">, techs: Pick<Levels, "cargo">): number =>
  techs.cargo * (design.cargo + (design.cargo * design.cargo) / ruleset.holdDivisor)

/** What a load adds to the mass of its ship. */
const loadWeight = (load: number, techs: Pick<Levels, "cargo">): number => (load === 0 ? 0 : load / techs.cargo)

/** Mass of one ship with `load` units of cargo aboard. A higher cargo technology makes the same load lighter. */
export const fullMass = (emptyMass: number, load: number, techs: Pick<Levels, "cargo">): number =>
  emptyMass + loadWeight(load, techs)

/** Light years per turn of a ship with the given full mass; 0 without a drive. */
export const speedOf = (
  ruleset: Ruleset,
  design: Pick<Blocks, "drive">,
  techs: Pick<Levels, "drive">,
  mass: number
): number => (design.drive === 0 ? 0 : (ruleset.speedFactor * techs.drive * design.drive) / mass)

/** Attack strength of each gun; 0 for an unarmed ship. */
export const attackOf = (design: Pick<Blocks, "armament" | "weapons">, techs: Pick<Levels, "weapons">): number =>
  design.armament === 0 ? 0 : design.weapons * techs.weapons

/** Defence strength at the given full mass: the same shields protect a heavier ship less. */
export const defenceOf = (
  ruleset: Ruleset,
  design: Pick<Blocks, "shields">,
  techs: Pick<Levels, "shields">,
  mass: number
): number => (design.shields === 0 ? 0 : (design.shields * techs.shields * ruleset.shieldNormaliser) / cubeRoot(mass))

/** Bombing power of one ship (rules, section 17). */
export const bombingPower = (design: Pick<Blocks, "armament" | "weapons">, techs: Pick<Levels, "weapons">): number => {
  const gun = attackOf(design, techs)
  return (Math.sqrt(gun) / 10 + 1) * gun * design.armament
}
