/** What planets have while the draft's orders are carried out one after another: ships take it and put it down. */
import type { Report } from "@galaxy/contract/engine/Report"
import { capitalToIndustry, freePoints } from "@galaxy/engine/formulas/production"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { type CargoGoods, floored } from "./cargo.ts"

/** A planet between two orders. */
export type Ground = Record<CargoGoods | "population" | "industry", number> & {
  readonly size: number
  owned: boolean
  /** Whether an order has changed it. */
  touched: boolean
}

/** The planets that the reader's ships can load from, by number. */
export const groundsOf = ({ my_planets: own, uninhabited_planets: empty }: Report): ReadonlyMap<number, Ground> => {
  const grounds = new Map<number, Ground>()
  for (const { number, size, capital, materials } of empty) {
    const people = { COL: 0, population: 0, industry: 0, owned: false }
    grounds.set(number, { ...people, size, CAP: capital, MAT: materials, touched: false })
  }
  for (const { number, size, colonists, capital, materials, population, industry } of own) {
    const people = { COL: colonists, population, industry, owned: true }
    grounds.set(number, { ...people, size, CAP: capital, MAT: materials, touched: false })
  }
  return grounds
}

/** Takes as much of the amount as there is, and tells how much that is. */
export const takeFrom = (ground: Ground, goods: CargoGoods, amount: number): number => {
  const taken = Math.min(amount, ground[goods])
  ground[goods] -= taken
  ground.touched = true
  return taken
}

/** Puts goods down: colonists settle as far as there is room, and capital becomes industry as far as there are people. */
export const putDown = (ruleset: Ruleset, ground: Ground, goods: CargoGoods, amount: number): void => {
  ground.touched = true
  if (goods === "COL") {
    const people = ruleset.peoplePerColonist * amount
    const room = ground.size - ground.population
    ground.owned = true
    ground.population += Math.min(people, room)
    ground.COL += Math.max(0, people - room) / ruleset.peoplePerColonist
  } else ground[goods] += amount
  if (!ground.owned || ground.CAP <= 0) return
  const after = capitalToIndustry({ ...ground, capital: ground.CAP })
  ground.industry = after.industry
  ground.CAP = after.capital
}

/**
 * The report with what these planets have now. Stocks are rounded down: of what only rounding makes, nothing can be
 * loaded.
 */
export const withGrounds = (ruleset: Ruleset, report: Report, grounds: ReadonlyMap<number, Ground>): Report => ({
  ...report,
  my_planets: report.my_planets.map((planet) => {
    const ground = grounds.get(planet.number)
    if (ground?.touched !== true) return planet
    const { population, industry } = ground
    const grown = population !== planet.population || industry !== planet.industry
    return {
      ...planet,
      population,
      industry,
      capital: floored(ground.CAP),
      materials: floored(ground.MAT),
      colonists: floored(ground.COL),
      free_points: grown ? freePoints(ruleset, ground) : planet.free_points
    }
  }),
  uninhabited_planets: report.uninhabited_planets.map((planet) => {
    const ground = grounds.get(planet.number)
    return ground?.touched === true
      ? { ...planet, capital: floored(ground.CAP), materials: floored(ground.MAT) }
      : planet
  })
})
