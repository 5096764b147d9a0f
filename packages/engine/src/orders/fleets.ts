/**
 * Which groups of a race are in which fleet, found by name: a race may have thousands of fleets, and as many orders for
 * them.
 */
import { lookOf } from "@galaxy/contract/names/lookAlike"
import type { DraftGroup, DraftRace } from "../state/Draft.ts"
import { keyOf } from "./keyOf.ts"

/** By race and `keyOf` the fleet's name. Groups that have left since are still in it, and are dropped when met. */
const fleets = new WeakMap<DraftRace, Map<string, Set<DraftGroup>>>()

const add = (byKey: Map<string, Set<DraftGroup>>, group: DraftGroup, name: string): void => {
  const key = keyOf(name)
  const members = byKey.get(key)
  if (members === undefined) byKey.set(key, new Set([group]))
  else members.add(group)
}

const fleetsOf = (race: DraftRace): Map<string, Set<DraftGroup>> => {
  const known = fleets.get(race)
  if (known !== undefined) return known
  const byKey = new Map<string, Set<DraftGroup>>()
  for (const group of race.groups.values()) if (group.fleet !== null) add(byKey, group, group.fleet)
  fleets.set(race, byKey)
  return byKey
}

/** The groups of a fleet by number, from the key of its name; none when there is no such fleet. */
export const membersOf = (race: DraftRace, key: string): ReadonlyArray<DraftGroup> => {
  const byKey = fleetsOf(race)
  const members = byKey.get(key)
  if (members === undefined) return []
  const found: Array<DraftGroup> = []
  let name: string | undefined
  let last = 0
  let ascending = true
  for (const group of members) {
    const { fleet, number } = group
    if (race.groups.get(number) !== group || fleet === null || (fleet !== name && keyOf(fleet) !== key)) {
      members.delete(group)
      continue
    }
    name = fleet
    ascending = ascending && number > last
    last = number
    found.push(group)
  }
  if (found.length === 0) byKey.delete(key)
  return ascending ? found : found.toSorted((one, other) => one.number - other.number)
}

/** Names of fleets by what they look like, with those of fleets that have ended. */
const shapes = new WeakMap<DraftRace, Map<string, Set<string>>>()

const addShape = (byShape: Map<string, Set<string>>, name: string): void => {
  const { shape } = lookOf(name)
  const names = byShape.get(shape)
  if (names === undefined) byShape.set(shape, new Set([name]))
  else names.add(name)
}

const shapesOf = (race: DraftRace): Map<string, Set<string>> => {
  const known = shapes.get(race)
  if (known !== undefined) return known
  const byShape = new Map<string, Set<string>>()
  for (const key of fleetsOf(race).keys()) {
    const [member] = membersOf(race, key)
    if (typeof member?.fleet === "string") addShape(byShape, member.fleet)
  }
  shapes.set(race, byShape)
  return byShape
}

/** Names of the race's fleets whose letters look like those of a name. */
export const fleetsLike = (race: DraftRace, name: string): ReadonlyArray<string> =>
  [...(shapesOf(race).get(lookOf(name).shape) ?? [])].filter((it) => membersOf(race, keyOf(it)).length > 0)

/** Puts a group into a fleet. A group leaves its fleet by itself, when its `fleet` is set to null. */
export const enlist = (race: DraftRace, group: DraftGroup, name: string): void => {
  group.fleet = name
  const byKey = fleetsOf(race)
  if (!byKey.has(keyOf(name))) addShape(shapesOf(race), name)
  add(byKey, group, name)
}
