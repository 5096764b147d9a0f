/** Phase 11: planets make capital and materials and do research; technologies rise for the next turn. */
import { freePoints, makeCapital, makeMaterials, researched } from "../formulas/production.ts"
import { type Draft, type DraftPlanet, raceOf, setPlanet, setTech } from "../state/Draft.ts"
import { technologies } from "../state/technologies.ts"
import type { Phase } from "../turn/Phase.ts"

const produceOn = (draft: Draft, planet: DraftPlanet, owner: number): void => {
  const { ruleset } = draft
  const { production } = planet
  const points = Math.max(0, freePoints(ruleset, planet, planet.spent))
  switch (production?.kind) {
    case "capital": {
      const made = makeCapital(ruleset, planet, planet.resources, points)
      setPlanet(draft, planet, "capital", made.capital, "production")
      setPlanet(draft, planet, "materials", made.materials, "production")
      return
    }
    case "materials":
      setPlanet(draft, planet, "materials", makeMaterials(planet, planet.resources, points).materials, "production")
      return
    case "research":
    case "science": {
      const race = raceOf(draft, owner)
      for (const technology of technologies) {
        const share =
          production.kind === "science" ? production.science[technology] : production.technology === technology ? 1 : 0
        if (share > 0) {
          setTech(draft, race, technology, race.techs[technology] + researched(ruleset, technology, share * points))
        }
      }
      return
    }
    case "ships":
    case undefined:
      return
  }
}

/** Spends the free points of every owned planet on its product, except for ships, which phase 9 has built. */
export const industry: Phase = {
  name: "industry",
  run: ({ draft }) => {
    for (const planet of draft.planets) if (planet.owner !== null) produceOn(draft, planet, planet.owner)
  }
}
