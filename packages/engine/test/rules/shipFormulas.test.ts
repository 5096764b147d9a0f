/** What one ship is and can do, against recorded cases of another engine and the published size of holds. */
import { attackOf, defenceOf, emptyMass, fullMass, holdOf, speedOf, weaponsMass } from "@galaxy/engine/formulas/ships"
import { ngConstants, plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { blockTechs, designOf } from "@galaxy/engine/state/Draft"
import { Schema } from "effect"
import { design, eachCase, near, shipClass } from "./oracle.ts"

const Numbers = Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.String]))

const ShipCase = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literal("common"),
  name: Schema.String,
  design: Schema.Struct(design),
  tech: Schema.Struct({
    drive: Schema.Finite,
    weapons: Schema.Finite,
    shields: Schema.Finite,
    cargo: Schema.Finite
  }),
  load_per_ship: Schema.Finite,
  expected: Numbers,
  expected_ng_only: Numbers,
  expected_plus_only: Numbers
})

/** The published normaliser has more digits than that of the engine that was run. */
const toleranceOf = (what: string, ruleset: Ruleset): number =>
  what === "defence_normalised" && ruleset === plus ? 1e-8 : 1e-9

eachCase("ship-formulas", ShipCase, (one) => () => {
  const ship = designOf(shipClass(one.name, one.design))
  const techs = blockTechs(ship, one.tech)
  const mass = fullMass(emptyMass(ship), one.load_per_ship, techs)
  const check = (ruleset: Ruleset, expected: typeof Numbers.Type): void => {
    const actual: Readonly<Record<string, number>> = {
      weapon_block_mass: weaponsMass(ship),
      empty_mass: ship.mass,
      full_mass: mass,
      speed: speedOf(ruleset, ship, techs, mass),
      attack: attackOf(ship, techs),
      defence_normalised: defenceOf(ruleset, ship, techs, mass),
      cargo_capacity: holdOf(ruleset, ship, techs)
    }
    for (const [what, value] of Object.entries(expected)) {
      if (what !== "how") near(actual[what], Number(value), what, toleranceOf(what, ruleset))
    }
  }
  check(plus, one.expected)
  check(ngConstants, one.expected)
  check(plus, one.expected_plus_only)
  check(ngConstants, one.expected_ng_only)
})
