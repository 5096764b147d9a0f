/** What a planet makes of its production points in a turn (rules, sections 6 to 8 and 10). */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Planet } from "../state/Galaxy.ts"
import type { Technology } from "../state/technologies.ts"

type Stocks = Pick<Planet, "capital" | "materials">

/** Production points of a turn, less those already spent on upgrades. */
export const freePoints = (
  ruleset: Ruleset,
  planet: Pick<Planet, "industry" | "population">,
  spentOnUpgrades = 0
): number => ruleset.industryWeight * planet.industry + ruleset.populationWeight * planet.population - spentOnUpgrades

/** Turns points into capital. Materials come from stock first; the rest is mined on the spot for extra points. */
export const makeCapital = (ruleset: Ruleset, stocks: Stocks, resources: number, points: number): Stocks => {
  const price = ruleset.pointsPerCapital
  const fromStock = Math.min(points / price, stocks.materials)
  const left = points - price * fromStock
  const mined = resources > 0 ? left / (price + 1 / resources) : 0
  return { capital: stocks.capital + fromStock + mined, materials: stocks.materials - fromStock }
}

/** Mines materials: `resources` units for each point. Capital stays the same. */
export const makeMaterials = (stocks: Stocks, resources: number, points: number): Stocks => ({
  capital: stocks.capital,
  materials: stocks.materials + points * resources
})

/** Levels that points add to a technology; fractions of a level count. */
export const researched = (ruleset: Ruleset, technology: Technology, points: number): number =>
  points / ruleset.pointsPerTechLevel[technology]

/** Capital becomes industry as far as there are people to work in it. */
export const capitalToIndustry = (
  planet: Pick<Planet, "capital" | "industry" | "population">
): Pick<Planet, "capital" | "industry"> => {
  const room = planet.population - planet.industry
  // Exactly full rather than full but for a rounding error, which would show as industry without people.
  return planet.capital >= room
    ? { industry: planet.population, capital: planet.capital - room }
    : { industry: planet.industry + planet.capital, capital: 0 }
}
