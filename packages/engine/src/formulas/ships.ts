/** What a ship is and can do: mass, speed, guns, shields and hold (rules, section 11). */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Levels, ShipClass } from "../state/Galaxy.ts"
import { cubeRoot } from "./exact.ts"

type Blocks = Omit<ShipClass, "name">

/** The first gun weighs its calibre, every further one half of it. */
export const weaponsMass = (design: Pick<Blocks, "armament" | "weapons">): number =>
  design.armament === 0 ? 0 : (design.weapons * (design.armament + 1)) / 2

export const emptyMass = (design: Blocks): number => design.drive + weaponsMass(design) + design.shields + design.cargo

/** Cargo that one ship can hold. */
export const holdOf = (ruleset: Ruleset, design: Pick<Blocks, "cargo">, techs: Pick<Levels, "cargo">): number =>
  techs.cargo * (design.cargo + (design.cargo * design.cargo) / ruleset.holdDivisor)

/** What a load adds to the mass of its ship. */
const loadWeight = (load: number, techs: Pick<Levels, "cargo">): number => (load === 0 ? 0 : load / techs.cargo)

export const fullMass = (emptyMass: number, load: number, techs: Pick<Levels, "cargo">): number =>
  emptyMass + loadWeight(load, techs)

/** Light years per turn. */
export const speedOf = (
  ruleset: Ruleset,
  design: Pick<Blocks, "drive">,
  techs: Pick<Levels, "drive">,
  mass: number
): number => (design.drive === 0 ? 0 : (ruleset.speedFactor * techs.drive * design.drive) / mass)

/** Of each gun. */
export const attackOf = (design: Pick<Blocks, "armament" | "weapons">, techs: Pick<Levels, "weapons">): number =>
  design.armament === 0 ? 0 : design.weapons * techs.weapons

/** Shields cover a bigger ship worse. */
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
