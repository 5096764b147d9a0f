/** Phase 4: ships at the beginning of routes are loaded and launched (rules, section 15). */
import { holdOf } from "../formulas/ships.ts"
import { distance } from "../space/distance.ts"
import {
  type Draft,
  type DraftGroup,
  type DraftPlanet,
  type DraftRace,
  planetOf,
  raceOf,
  setLoad,
  setPlanet
} from "../state/Draft.ts"
import type { Goods } from "../state/kinds.ts"
import { groupsByPlanet, splitOff } from "../state/groups.ts"
import type { Phase } from "../turn/Phase.ts"

/** The order in which a planet's routes take ships. */
const order = ["colonists", "capital", "materials", "empty"] as const

const follows = ({ design, fleet, state }: DraftGroup): boolean =>
  design.drive > 0 && design.cargo > 0 && fleet === null && state === "in_orbit"

/**
 * Loads what the stock gives. Ships that the load doesn't need stay behind empty, as a separate group that is returned.
 */
const fill = (
  draft: Draft,
  race: DraftRace,
  planet: DraftPlanet,
  group: DraftGroup,
  goods: Goods
): DraftGroup | undefined => {
  const hold = holdOf(draft.ruleset, group.design, group.techs)
  const taken = Math.min(planet[goods], group.ships * hold)
  const spare = Math.min(group.ships - 1, Math.floor((group.ships * hold - taken) / hold + draft.ruleset.epsilon))
  const left = spare > 0 && draft.ruleset.routesSplitGroups ? splitOff(draft, race, group, spare) : undefined
  setPlanet(draft, planet, goods, planet[goods] - taken, "route")
  setLoad(draft, race, group, goods, taken / group.ships, "route")
  return left
}

const launch = (draft: Draft, group: DraftGroup, from: DraftPlanet, to: number): void => {
  group.state = "launched"
  group.to = to
  group.distance = distance(draft.ruleset.map, draft.size, from, planetOf(draft, to))
}

/**
 * Loads and launches groups at the start of their race's routes. A group takes part when it is in orbit outside of
 * fleets and has a drive and a hold.
 */
export const departuresByRoute: Phase = {
  name: "departures by route",
  run: ({ draft }) => {
    const there = groupsByPlanet(
      draft,
      (group, race) => draft.planets[group.at - 1]?.owner === race.index && follows(group)
    )
    for (const planet of draft.planets) {
      if (planet.owner === null) continue
      const race = raceOf(draft, planet.owner)
      const waiting = (there.get(planet.number) ?? []).map((it) => it.group)
      if (waiting.length === 0) continue
      for (const kind of order) {
        const to = planet.routes[kind]
        if (to === undefined) continue
        // Ships that are split off on the way wait for the routes after this one.
        for (const group of waiting.slice()) {
          if (group.state !== "in_orbit") continue
          if (kind !== "empty" && group.goods === null && planet[kind] > draft.ruleset.epsilon) {
            const left = fill(draft, race, planet, group, kind)
            if (left !== undefined) waiting.push(left)
          }
          const matches = kind === "empty" ? group.goods === null : group.goods === kind
          if (matches) launch(draft, group, planet, to)
        }
      }
    }
  }
}
