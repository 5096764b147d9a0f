/** Why a ship is as heavy, fast, strong and dear as it is. */
import {
  attackOf,
  bombingPower,
  defenceOf,
  emptyMass,
  fullMass,
  holdOf,
  speedOf,
  weaponsMass
} from "@galaxy/engine/formulas/ships"
import { blockCost, blockMass, shipCost } from "@galaxy/engine/formulas/upgrade"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { technologies } from "@galaxy/engine/state/technologies"
import { type Figure, figure, formula, type Quantity, step, sum, term } from "./formula.ts"
import { techOf } from "./technologyTerms.ts"

/** The five numbers of a design. */
export interface Design {
  readonly drive: number
  readonly armament: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}

/** A level of each technology. */
export interface Techs {
  readonly drive: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}

/** What a ship is and carries. `load` is that of one ship. */
export interface Ship {
  readonly design: Design
  readonly techs: Techs
  readonly load: number
}

const gunsStep = (design: Design) =>
  step(
    "weaponsMass",
    weaponsMass(design),
    formula`${term(design.weapons, "weapons")} × ( ${term(design.armament, "armament")} + ${1} ) ÷ ${2}`
  )

/** Mass of the empty ship. */
export const emptyMassOf = (design: Design): Figure => {
  const guns = design.armament > 0
  const parts = [
    design.drive > 0 ? [term(design.drive, "drive")] : [],
    guns ? [term(weaponsMass(design), "weaponsMass")] : [],
    design.shields > 0 ? [term(design.shields, "shields")] : [],
    design.cargo > 0 ? [term(design.cargo, "cargoBlock")] : []
  ].flat()
  return figure("emptyMass", [...(guns ? [gunsStep(design)] : []), step("emptyMass", emptyMass(design), sum(parts))])
}

/** Mass with its load; a load weighs less with better cargo technology. */
export const massOf = ({ design, techs, load }: Ship): Figure => {
  const empty = emptyMassOf(design)
  if (load === 0) return { ...empty, of: "mass" }
  const mass = fullMass(empty.value, load, techs)
  return figure("mass", [
    ...empty.steps,
    step(
      "mass",
      mass,
      formula`${term(empty.value, "emptyMass")} + ${term(load, "load")} ÷ ${term(techs.cargo, "cargoTech")}`
    )
  ])
}

const speedStep = (ruleset: Ruleset, of: Quantity, { design, techs }: Ship, mass: number) =>
  step(
    of,
    speedOf(ruleset, design, techs, mass),
    formula`${ruleset.speedFactor} × ${term(techs.drive, "driveTech")} × ${term(design.drive, "drive")} ÷ ${term(mass, "mass")}`
  )

/** Light years a turn. */
export const speedFigure = (ruleset: Ruleset, ship: Ship, of: Quantity = "speed"): Figure =>
  figure(of, [speedStep(ruleset, of, ship, massOf(ship).value)])

/** What one ship can hold. */
export const holdFigure = (ruleset: Ruleset, { design, techs }: Ship): Figure =>
  figure("hold", [
    step(
      "hold",
      holdOf(ruleset, design, techs),
      formula`${term(techs.cargo, "cargoTech")} × ( ${term(design.cargo, "cargoBlock")} + ${term(design.cargo, "cargoBlock")} ² ÷ ${ruleset.holdDivisor} )`
    )
  ])

/** Strength of each gun. */
export const attackFigure = ({ design, techs }: Ship): Figure =>
  figure("attack", [
    step(
      "attack",
      attackOf(design, techs),
      formula`${term(design.weapons, "weapons")} × ${term(techs.weapons, "weaponsTech")}`
    )
  ])

/** Strength of the shields. */
export const defenceFigure = (ruleset: Ruleset, ship: Ship): Figure => {
  const { design, techs } = ship
  if (design.shields === 0) return { of: "defence", value: 0, steps: [], notes: ["noShields"] }
  const mass = massOf(ship).value
  return figure("defence", [
    step(
      "defence",
      defenceOf(ruleset, design, techs, mass),
      formula`${term(design.shields, "shields")} × ${term(techs.shields, "shieldsTech")} × ${ruleset.shieldNormaliser} ÷ ∛ ( ${term(mass, "mass")} )`
    )
  ])
}

/** Bombing power of so many ships. */
export const bombingFigure = ({ design, techs }: Ship, ships: number): Figure => {
  const attack = attackOf(design, techs)
  const each = bombingPower(design, techs)
  const one = step(
    "power",
    each,
    formula`( √ ( ${term(attack, "attack")} ) ÷ ${10} + ${1} ) × ${term(attack, "attack")} × ${term(design.armament, "armament")}`
  )
  return figure("bombing", [
    one,
    ...(ships === 1 ? [] : [step("bombing", each * ships, formula`${term(each, "power")} × ${term(ships, "ships")}`)])
  ])
}

/** Production points of one ship, without its ore. */
export const priceFigure = (ruleset: Ruleset, design: Design): Figure => {
  const mass = emptyMass(design)
  return figure("price", [
    step("price", ruleset.pointsPerMass * mass, formula`${ruleset.pointsPerMass} × ${term(mass, "emptyMass")}`)
  ])
}

/** Points that raise one ship to these levels; undefined where it has them already. */
export const upgradeFigure = (ruleset: Ruleset, { design, techs }: Ship, to: Techs): Figure | undefined => {
  const raised = technologies.filter((block) => to[block] > techs[block] && blockMass(design, block) > 0)
  if (raised.length === 0) return undefined
  const steps = raised.map((block) => {
    const mass = blockMass(design, block)
    const massTerm: Quantity = block === "weapons" ? "weaponsMass" : block === "cargo" ? "cargoBlock" : block
    return step(
      techOf[block],
      blockCost(ruleset, mass, techs[block], to[block]),
      formula`( ${1} − ${term(techs[block], techOf[block])} ÷ ${term(to[block], techOf[block])} ) × ${ruleset.upgradeFactor} × ${term(mass, massTerm)}`
    )
  })
  const all: Techs = {
    drive: raised.includes("drive") ? to.drive : techs.drive,
    weapons: raised.includes("weapons") ? to.weapons : techs.weapons,
    shields: raised.includes("shields") ? to.shields : techs.shields,
    cargo: raised.includes("cargo") ? to.cargo : techs.cargo
  }
  const whole = step(
    "upgrade",
    shipCost(ruleset, design, techs, all),
    sum(steps.map(({ value, of }) => term(value, of)))
  )
  return figure("upgrade", [...steps, whole])
}
