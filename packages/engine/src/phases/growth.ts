/** Phase 12: people thaw where bombs made room, multiply, and are frozen where there is none. */
import { grow, thaw } from "../formulas/growth.ts"
import { type Draft, type DraftPlanet, setPlanet } from "../state/Draft.ts"
import type { Phase } from "../turn/Phase.ts"

/** Lets frozen people out on a planet that was bombed. */
export const thawOn = (draft: Draft, planet: DraftPlanet): void => {
  const thawed = thaw(draft.ruleset, planet)
  setPlanet(draft, planet, "population", thawed.population, "thaw")
  setPlanet(draft, planet, "colonists", thawed.colonists, "thaw")
}

export const growth: Phase = {
  name: "growth",
  run: ({ draft }) => {
    for (const planet of draft.planets) {
      if (planet.owner === null) continue
      const parents = planet.population
      if (draft.ruleset.thaw === "at_growth" && planet.bombed && planet.colonists > 0) thawOn(draft, planet)
      const grown = grow(draft.ruleset, planet, parents)
      setPlanet(draft, planet, "population", grown.population, "growth")
      setPlanet(draft, planet, "colonists", grown.colonists, "freezing")
    }
  }
}
