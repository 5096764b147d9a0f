/** Splitting of groups, and where groups are. */
import { addGroup, type Draft, type DraftGroup, type DraftRace, explain, setShips } from "./Draft.ts"

/** Splits ships off into a new group outside of any fleet. Returns the group itself when all of its ships are meant. */
export const splitOff = (draft: Draft, race: DraftRace, group: DraftGroup, ships: number): DraftGroup => {
  if (ships >= group.ships) return group
  setShips(draft, race, group, group.ships - ships, "split")
  const { number: _, ...copy } = group
  const split = addGroup(draft, race, { ...copy, ships, fleet: null }, "split")
  explain(draft, race.index, "group", split.number, "load", 0, split.load, "split")
  return split
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
