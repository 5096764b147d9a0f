/** Phase 13: ships at the end of routes are emptied; this is when planets are settled (rules, section 15). */
import {
  type Draft,
  type DraftGroup,
  type DraftPlanet,
  type DraftRace,
  planetOf,
  raceOf,
  setLoad
} from "../state/Draft.ts"
import type { Goods } from "../state/kinds.ts"
import { groupsByPlanet } from "../state/groups.ts"
import { canSettle, putDown } from "../state/landing.ts"
import type { Phase, TurnInProgress } from "../turn/Phase.ts"

/** The order in which kinds of cargo are put down. */
const order = ["colonists", "capital", "materials"] as const

/** Indices of the races with a route that ends there, by kind of cargo. */
type End = { readonly [Kind in Goods]: Set<number> }

/** The planets where routes end, by their numbers. */
const endsOf = (draft: Draft): ReadonlyMap<number, End> => {
  const ends = new Map<number, End>()
  for (const { owner, routes } of draft.planets) {
    if (owner === null) continue
    for (const kind of order) {
      const to = routes[kind]
      if (to === undefined) continue
      const end = ends.get(to) ?? { colonists: new Set(), capital: new Set(), materials: new Set() }
      end[kind].add(owner)
      ends.set(to, end)
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
const firstOf = (turn: TurnInProgress, landings: ReadonlyArray<Landing>): Landing | undefined => {
  const most = Math.max(...landings.map((it) => it.total))
  const best = landings.filter((it) => it.total >= most - turn.draft.ruleset.epsilon)
  return best.length > 1 ? best[turn.random.below(best.length)] : best[0]
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
  run: (turn) => {
    const { draft } = turn
    const ends = endsOf(draft)
    if (ends.size === 0) return
    const there = groupsByPlanet(
      draft,
      ({ goods, fleet, state, at }) =>
        goods !== null && state === "in_orbit" && (fleet === null || draft.ruleset.routesUnloadFleets) && ends.has(at)
    )
    for (const [number, present] of there) {
      const planet = planetOf(draft, number)
      for (const kind of order) {
        const races = [...(ends.get(number)?.[kind] ?? [])].toSorted((a, b) => a - b)
        const landings = races.flatMap((index): ReadonlyArray<Landing> => {
          const race = raceOf(draft, index)
          const groups = present.flatMap((it) => (it.race === race && it.group.goods === kind ? [it.group] : []))
          const total = groups.reduce((sum, group) => sum + group.load * group.ships, 0)
          return groups.length === 0 ? [] : [{ race, groups, total }]
        })
        if (kind !== "colonists") for (const landing of landings) unloadAt(draft, planet, kind, landing)
        else {
          const allowed = landings.filter(({ race }) => canSettle(race, planet))
          const first = allowed.length > 1 ? firstOf(turn, allowed) : allowed[0]
          if (first !== undefined) unloadAt(draft, planet, kind, first)
        }
      }
    }
  }
}
