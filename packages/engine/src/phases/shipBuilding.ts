/** Phase 9: planets finish ships, with the technologies that their race had when the turn began (rules, section 11). */
import { freePoints } from "../formulas/production.ts"
import { build } from "../formulas/yard.ts"
import { toHundredths } from "../report/rounding.ts"
import { maxGroups } from "../rules/limits.ts"
import {
  addGroup,
  blockTechs,
  type DraftGroup,
  type DraftRace,
  explain,
  raceOf,
  setPlanet,
  setShips
} from "../state/Draft.ts"
import type { Levels } from "../state/Galaxy.ts"
import type { Phase } from "../turn/Phase.ts"

const stored = (techs: Levels): Levels => ({
  drive: toHundredths(techs.drive),
  weapons: toHundredths(techs.weapons),
  shields: toHundredths(techs.shields),
  cargo: toHundredths(techs.cargo)
})

/** An empty group of the same ships in orbit there: where a race has no room for more groups, new ships join it. */
const alike = (race: DraftRace, made: Omit<DraftGroup, "number">): DraftGroup | undefined =>
  [...race.groups.values()].find(
    (it) =>
      it.design === made.design &&
      it.at === made.at &&
      it.state === "in_orbit" &&
      it.load === 0 &&
      it.fleet === null &&
      (["drive", "weapons", "shields", "cargo"] as const).every((block) => it.techs[block] === made.techs[block])
  )

/** Builds ships on planets that make a class, and banks the points left over. Levels are stored in hundredths. */
export const shipBuilding: Phase = {
  name: "ship building",
  run: ({ draft, techsBefore }) => {
    for (const planet of draft.planets) {
      if (planet.owner === null || planet.production?.kind !== "ships") continue
      const race = raceOf(draft, planet.owner)
      const { design, banked } = planet.production
      const points = Math.max(0, freePoints(draft.ruleset, planet, planet.spent)) + banked
      const built = build(draft.ruleset, design.mass, planet.resources, planet.materials, points)
      const made: Omit<DraftGroup, "number"> = {
        design,
        ships: built.ships,
        techs: blockTechs(design, stored(techsBefore[race.index] ?? race.techs)),
        goods: null,
        load: 0,
        at: planet.number,
        to: null,
        distance: 0,
        fleet: null,
        state: "in_orbit"
      }
      const joined = race.groups.size < maxGroups ? undefined : alike(race, made)
      // Where no group can take the ships, nothing is built and nothing is lost.
      const refused = built.ships > 0 && race.groups.size >= maxGroups && joined === undefined
      if (joined !== undefined) setShips(draft, race, joined, joined.ships + built.ships, "ship_building")
      else if (built.ships > 0 && !refused) addGroup(draft, race, made, "ship_building")
      const kept = refused ? points : built.banked
      if (!refused) setPlanet(draft, planet, "materials", built.materials, "ship_building")
      planet.production = { kind: "ships", design, banked: kept }
      explain(draft, race.index, "planet", planet.number, "banked", banked, kept, "ship_building")
    }
  }
}
