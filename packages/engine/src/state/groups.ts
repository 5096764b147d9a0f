/** Splitting of groups, and where groups are. */
import { addGroup, type Draft, type DraftGroup, type DraftRace, explain, setShips } from "./Draft.ts"

/** Splits ships off into a new group outside of any fleet. Returns the group itself when all of its ships are meant. */
export const splitOff = (draft: Draft, race: DraftRace, group: DraftGroup, ships: number): DraftGroup => {
  if (ships >= group.ships) return group
  setShips(draft, race, group, group.ships - ships, "split")
  const split = addGroup(draft, race, { ...group, ships, fleet: null }, "split")
  explain(draft, race.index, "group", split.number, "load", 0, split.load, "split")
  return split
}

/** A group with its race. */
export interface Present {
  readonly race: DraftRace
  readonly group: DraftGroup
}

/** Groups at planets, launched ones included, as far as they are wanted: by the planet's number, ascending. */
export const groupsByPlanet = (
  draft: Draft,
  wanted: (group: DraftGroup, race: DraftRace) => boolean
): ReadonlyMap<number, ReadonlyArray<Present>> => {
  const at = draft.planets.map((): Array<Present> | undefined => undefined)
  for (const race of draft.races) {
    for (const group of race.groups.values()) {
      if (group.state === "in_space" || !wanted(group, race)) continue
      const there = at[group.at - 1]
      if (there === undefined) at[group.at - 1] = [{ race, group }]
      else there.push({ race, group })
    }
  }
  const byPlanet = new Map<number, ReadonlyArray<Present>>()
  for (const [index, there] of at.entries()) if (there !== undefined) byPlanet.set(index + 1, there)
  return byPlanet
}

/** Groups at planets where at least two races have some, by the planet's number, ascending. */
export const meetings = (draft: Draft): ReadonlyMap<number, ReadonlyArray<Present>> => {
  const first = new Int16Array(draft.planets.length).fill(-1)
  const met = new Uint8Array(draft.planets.length)
  for (const { index, groups } of draft.races) {
    for (const { at, state } of groups.values()) {
      if (state === "in_space") continue
      if (first[at - 1] === -1) first[at - 1] = index
      else if (first[at - 1] !== index) met[at - 1] = 1
    }
  }
  return groupsByPlanet(draft, ({ at }) => met[at - 1] === 1)
}
