/** The chance of a shot in a battle, by the engine's own formulas on what the report shows. */
import type { Battle, BattleGroup, Report } from "@galaxy/contract/engine/Report"
import { attackOf, defenceOf, emptyMass, fullMass } from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { designOf } from "./designOf.ts"

/**
 * From 0 to 1. Undefined where a class isn't known, and in a battle whose groups were summed: such a line has the highest
 * technologies of all of them and their average load.
 */
export const oddsOf = (
  report: Pick<Report, "race" | "my_classes" | "foreign_classes">,
  ruleset: Ruleset,
  battle: Pick<Battle, "summed">,
  attacker: BattleGroup,
  target: BattleGroup
): number | undefined => {
  if (battle.summed !== undefined) return undefined
  const gun = designOf(report, attacker.race, attacker.class)
  const hull = designOf(report, target.race, target.class)
  if (gun === undefined || hull === undefined) return undefined
  const mass = fullMass(emptyMass(hull), target.load, target)
  return killChance(ruleset, attackOf(gun, attacker), defenceOf(ruleset, hull, target, mass))
}

/** Ships that a battle destroyed, of all sides. */
export const destroyedIn = ({ groups }: Battle): number =>
  groups.reduce((all, { ships, ships_left: left }) => all + ships - left, 0)
