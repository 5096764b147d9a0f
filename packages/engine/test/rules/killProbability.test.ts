/** The chance that a shot destroys: the formula against recorded values, and the shots of real fights against both. */
import { fight } from "@galaxy/engine/battle/fight"
import { attackOf, defenceOf, emptyMass, fullMass } from "@galaxy/engine/formulas/ships"
import { killChance, logOf } from "@galaxy/engine/formulas/shot"
import { make } from "@galaxy/engine/random/Random"
import { ngConstants } from "@galaxy/engine/rules/Ruleset"
import { blockTechs, designOf } from "@galaxy/engine/state/Draft"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { levels } from "../support/games.ts"
import { design, eachCase, near, shipClass } from "./oracle.ts"

const shots = 20_000

const KillCase = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literal("common"),
  attacker: Schema.Struct({ type: Schema.String, ...design, weapons_tech: Schema.Finite }),
  target: Schema.Struct({
    type: Schema.String,
    ...design,
    shields_tech: Schema.Finite,
    cargo_tech: Schema.Finite,
    load: Schema.Finite
  }),
  expected: Schema.Struct({ attack: Schema.Finite, defence: Schema.Finite, p_kill_formula: Schema.Finite }),
  observed: Schema.Struct({ trials: Schema.Int, frequency: Schema.Finite, std_error: Schema.Finite })
})

/** Five standard errors of the difference of two frequencies; `others` of 0 stands for an exact one. */
const bound = (chance: number, others: number): number =>
  5 * Math.sqrt(chance * (1 - chance) * (1 / shots + (others > 0 ? 1 / others : 0)))

eachCase("kill-probability", KillCase, ({ attacker, target, expected, observed }) => () => {
  const gun = designOf(shipClass(attacker.type, attacker))
  const ship = designOf(shipClass(target.type, target))
  const techs = blockTechs(ship, levels(1, 1, target.shields_tech, target.cargo_tech))
  const attack = attackOf(gun, levels(1, attacker.weapons_tech))
  const defence = defenceOf(ngConstants, ship, techs, fullMass(emptyMass(ship), target.load, techs))
  near(attack, expected.attack, "attack")
  near(defence, expected.defence, "defence")
  const chance = killChance(ngConstants, attack, defence)
  near(chance, expected.p_kill_formula, "chance")

  const random = make("shots", attacker.type, target.type)
  let kills = 0
  for (let shot = 0; shot < shots; shot++) {
    const outcome = fight(
      random,
      [
        { side: 0, ships: 1, guns: 1, logAttack: logOf(ngConstants, attack), logDefence: Number.POSITIVE_INFINITY },
        { side: 1, ships: 1, guns: 0, logAttack: 0, logDefence: logOf(ngConstants, defence) }
      ],
      [[1], [0]],
      { rounds: 1, shots: 1, shotsWithoutLoss: 1 }
    )
    assert.strictEqual(outcome === undefined, chance === 0)
    if (outcome?.left[1] === 0) kills += 1
  }
  const frequency = kills / shots
  near(frequency, chance, "frequency of kills", bound(chance, 0))
  near(frequency, observed.frequency, "frequency of kills, by that observed,", bound(chance, observed.trials))
})
