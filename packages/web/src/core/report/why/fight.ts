/** Why a shot has its chance, and what bombs destroy. */
import type { Bombing } from "@galaxy/contract/engine/Report"
import { killChance } from "@galaxy/engine/formulas/shot"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { figure, type Figure, formula, step, term } from "./formula.ts"
import { attackFigure, defenceFigure, massOf, type Ship } from "./ship.ts"

/** The chance that one shot of a ship destroys another, from 0 to 1. */
export const oddsFigures = (ruleset: Ruleset, gun: Ship, hull: Ship): ReadonlyArray<Figure> => {
  const attack = attackFigure(gun)
  const defence = defenceFigure(ruleset, hull)
  const chance = killChance(ruleset, attack.value, defence.value)
  const ratio = formula`( log₄ ( ${term(attack.value, "attack")} ÷ ${term(defence.value, "defence")} ) + ${1} ) ÷ ${2}`
  const isBound = chance === 0 || chance === 1
  // Other bases are those of recorded games alone; their chance is told without its formula.
  const odds: Figure =
    defence.value === 0 || ruleset.killLogBase !== 4
      ? { of: "odds", value: chance, steps: [], ...(defence.value === 0 ? { notes: ["noShields"] } : {}) }
      : figure(
          "odds",
          [step("odds", chance, isBound ? formula`max ( ${0} , min ( ${1} , ${ratio} ) )` : ratio)],
          "chanceBounds"
        )
  return [odds, attack, defence, massOf(hull)]
}

/** What one race's bombs destroyed on a planet. */
export const bombingFigures = (ruleset: Ruleset, bombing: Bombing): ReadonlyArray<Figure> => {
  const { power, population, industry, colonists, result } = bombing
  // Where nobody is left, industry and frozen people are lost with them.
  const all = result === "Wiped"
  const lost = (of: "damagePopulation" | "damageIndustry" | "damageColonists", before: number, done: number) => {
    const what = of === "damagePopulation" ? "population" : of === "damageIndustry" ? "industry" : "colonists"
    return all && of !== "damagePopulation"
      ? figure(of, [step(of, done, formula`${term(before, what)}`)])
      : figure(of, [step(of, done, formula`min ( ${term(before, what)} , ${term(power, "bombers")} )`)])
  }
  if (ruleset.bombing !== "power") return []
  return [
    lost("damagePopulation", population, bombing.destroyed_population),
    lost("damageIndustry", industry, bombing.destroyed_industry),
    ...(colonists > 0 ? [lost("damageColonists", colonists, bombing.destroyed_colonists)] : [])
  ]
}
