/** Phase 12: frozen people thaw where bombs made room, people multiply, and those without room are frozen. */
import { grow, thaw } from "../formulas/growth.ts"
import { type Draft, type DraftPlanet, setPlanet } from "../state/Draft.ts"
import type { Phase } from "../turn/Phase.ts"

/** Thaws colonists in stock as far as there is room, and logs it. */
export const thawOn = (draft: Draft, planet: DraftPlanet): void => {
  const thawed = thaw(draft.ruleset, planet)
  setPlanet(draft, planet, "population", thawed.population, "thaw")
  setPlanet(draft, planet, "colonists", thawed.colonists, "thaw")
}

/** Lets every owned planet grow. People who thaw in this phase don't add to its growth (D6). */
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
