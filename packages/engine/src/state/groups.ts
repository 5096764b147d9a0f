/** Splitting and merging of groups: neither changes how many ships there are or what they carry. */
import { addGroup, type Draft, type DraftGroup, type DraftRace, explain, setLoad, setShips } from "./Draft.ts"
import { technologies } from "./Galaxy.ts"

/** Splits ships off into a new group outside of any fleet. Returns the group itself when all of its ships are meant. */
export const splitOff = (draft: Draft, race: DraftRace, group: DraftGroup, ships: number): DraftGroup => {
  if (ships >= group.ships) return group
  setShips(draft, race, group, group.ships - ships, "split")
  const { number: _, ...copy } = group
  const split = addGroup(draft, race, { ...copy, ships, fleet: null }, "split")
  explain(draft, race.index, "group", split.number, "load", 0, split.load, "split")
  return split
}

/** What groups must share to be merged; loads that differ by less than a billionth count as equal. */
const identity = (group: DraftGroup): string => {
  const { techs } = group
  const levels = technologies.map((technology) => techs[technology])
  return `${group.state}|${group.at}|${group.to}|${group.distance}|${group.goods}|${Math.floor(group.load * 1e9 + 0.5)}|${group.fleet}|${levels.join("|")}`
}

/** Merges identical groups of a race into the one with the lowest number, which gets their mean load. */
export const mergeGroups = (draft: Draft, race: DraftRace): void => {
  if (race.groups.size < 2) return
  const seen = new Map<string, Array<DraftGroup>>()
  for (const group of race.groups.values()) {
    const key = identity(group)
    const alike = seen.get(key)
    const same = alike?.find((it) => it.design === group.design)
    if (same !== undefined) {
      const ships = same.ships + group.ships
      const load = same.load === group.load ? same.load : (same.load * same.ships + group.load * group.ships) / ships
      setShips(draft, race, group, 0, "merge")
      setShips(draft, race, same, ships, "merge")
      setLoad(draft, race, same, same.goods, load, "merge")
    } else if (alike !== undefined) alike.push(group)
    else seen.set(key, [group])
  }
}

/** Groups at planets, launched ones included, by the planet's number. */
export const groupsByPlanet = (
  draft: Draft,
  includes: (group: DraftGroup) => boolean
): ReadonlyMap<number, ReadonlyArray<{ readonly race: DraftRace; readonly group: DraftGroup }>> => {
  const byPlanet = new Map<number, Array<{ readonly race: DraftRace; readonly group: DraftGroup }>>()
  for (const race of draft.races) {
    for (const group of race.groups.values()) {
      if (group.state === "in_space" || !includes(group)) continue
      const there = byPlanet.get(group.at)
      if (there === undefined) byPlanet.set(group.at, [{ race, group }])
      else there.push({ race, group })
    }
  }
  return byPlanet
}
