/** Phase 13: ships at the end of routes are emptied; this is when planets are settled (rules, section 15). */
import type { Random } from "../random/Random.ts"
import {
  type Draft,
  type DraftGroup,
  type DraftPlanet,
  type DraftRace,
  planetOf,
  raceOf,
  setLoad
} from "../state/Draft.ts"
import type { Goods } from "../state/Galaxy.ts"
import { groupsByPlanet } from "../state/groups.ts"
import { canSettle, putDown } from "../state/landing.ts"
import type { Phase } from "../turn/Phase.ts"

/** The order in which kinds of cargo are put down. */
const order = ["colonists", "capital", "materials"] as const

/** By kind of cargo and number of the planet: indices of the races with such a route that ends there. */
const endsOf = (draft: Draft): ReadonlyMap<Goods, ReadonlyMap<number, ReadonlySet<number>>> => {
  const ends = new Map(order.map((kind) => [kind, new Map<number, Set<number>>()]))
  for (const { owner, routes } of draft.planets) {
    if (owner === null) continue
    for (const kind of order) {
      const to = routes[kind]
      const races = ends.get(kind)
      if (to === undefined || races === undefined) continue
      const there = races.get(to)
      if (there === undefined) races.set(to, new Set([owner]))
      else there.add(owner)
    }
  }
  return ends
}

interface Landing {
  readonly race: DraftRace
  readonly groups: ReadonlyArray<DraftGroup>
  readonly total: number
}

/** Who settles an empty planet: the race that brings most colonists; among equals chance decides. */
const firstOf = (draft: Draft, random: Random, landings: ReadonlyArray<Landing>): Landing | undefined => {
  const most = Math.max(...landings.map((it) => it.total))
  const best = landings.filter((it) => it.total >= most - draft.ruleset.epsilon)
  return best.length > 1 ? best[random.below(best.length)] : best[0]
}

const unloadAt = (draft: Draft, planet: DraftPlanet, kind: Goods, { race, groups }: Landing): void => {
  for (const group of groups) {
    const amount = group.load * group.ships
    setLoad(draft, race, group, kind, 0, "route")
    putDown(draft, race, planet, kind, amount, "route")
  }
}

/**
 * Empties every group at a planet where a route of its race for its cargo ends, wherever it came from. Fleet members
 * keep their load, unless the ruleset says otherwise (D9). Of several races only one settles an empty planet; the
 * others keep their colonists aboard.
 */
export const arrivalsByRoute: Phase = {
  name: "arrivals by route",
  run: ({ draft, random }) => {
    const there = groupsByPlanet(
      draft,
      ({ goods, fleet, state }) =>
        goods !== null && state === "in_orbit" && (fleet === null || draft.ruleset.routesUnloadFleets)
    )
    const ends = endsOf(draft)
    for (const number of [...there.keys()].toSorted((a, b) => a - b)) {
      const planet = planetOf(draft, number)
      for (const kind of order) {
        const races = [...(ends.get(kind)?.get(number) ?? [])].toSorted((a, b) => a - b)
        const landings = races.flatMap((index): ReadonlyArray<Landing> => {
          const race = raceOf(draft, index)
          const groups = (there.get(number) ?? []).flatMap((it) =>
            it.race === race && it.group.goods === kind ? [it.group] : []
          )
          const total = groups.reduce((sum, group) => sum + group.load * group.ships, 0)
          return groups.length === 0 ? [] : [{ race, groups, total }]
        })
        if (kind !== "colonists") for (const landing of landings) unloadAt(draft, planet, kind, landing)
        else {
          const allowed = landings.filter(({ race }) => canSettle(race, planet))
          const first = allowed.length > 0 ? firstOf(draft, random, allowed) : undefined
          if (first !== undefined) unloadAt(draft, planet, kind, first)
        }
      }
    }
  }
}
