/** Putting cargo down on a planet: colonists settle, capital becomes industry where there are people for it. */
import { capitalToIndustry } from "../formulas/production.ts"
import type { Cause } from "../turn/TurnEvent.ts"
import { type Draft, type DraftPlanet, type DraftRace, setOwner, setPlanet } from "./Draft.ts"
import type { Goods } from "./kinds.ts"

/** Stored capital becomes industry as far as there are people. */
export const stockToIndustry = (draft: Draft, planet: DraftPlanet): void => {
  if (planet.owner === null || planet.capital === 0) return
  const { industry, capital } = capitalToIndustry(planet)
  setPlanet(draft, planet, "industry", industry, "stock_to_industry")
  setPlanet(draft, planet, "capital", capital, "stock_to_industry")
}

/** Whether a race may land colonists there: on its own planet, or an uninhabited one where people can live. */
export const canSettle = (race: DraftRace, planet: DraftPlanet): boolean =>
  planet.owner === race.index || (planet.owner === null && planet.size > 0)

/** Lands colonists where the race may; those that find no room stay frozen. */
const settle = (draft: Draft, race: DraftRace, planet: DraftPlanet, colonists: number, cause: Cause): void => {
  if (planet.owner === null) {
    setOwner(draft, planet, race.index)
  }
  const each = draft.ruleset.peoplePerColonist
  const room = planet.size - planet.population
  const people = each * colonists
  if (people >= room) {
    setPlanet(draft, planet, "population", planet.size, "settling")
    setPlanet(draft, planet, "colonists", planet.colonists + (people - room) / each, cause)
  } else setPlanet(draft, planet, "population", planet.population + people, "settling")
}

/** Puts goods down on a planet. Colonists may land only where `canSettle`, and then own an uninhabited planet. */
export const putDown = (
  draft: Draft,
  race: DraftRace,
  planet: DraftPlanet,
  goods: Goods,
  amount: number,
  cause: Cause
): void => {
  if (goods === "colonists") settle(draft, race, planet, amount, cause)
  else setPlanet(draft, planet, goods, planet[goods] + amount, cause)
  stockToIndustry(draft, planet)
}
