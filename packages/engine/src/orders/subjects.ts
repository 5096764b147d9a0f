/** Finds what orders refer to, or refuses with the reason. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Design, type Draft, type DraftGroup, type DraftPlanet, type DraftRace, planetOf } from "../state/Draft.ts"
import type { Galaxy, Science } from "../state/Galaxy.ts"
import type { Goods } from "../state/kinds.ts"
import { membersOf } from "./fleets.ts"
import { keyOf, keyOfTyped, written } from "./keyOf.ts"
import { type OrderRefusal, refuse } from "./Refusal.ts"

type Found<A> = Result.Result<A, OrderRefusal>

/** The planet of that number, whoever owns it. */
export const planetNumbered = (draft: Draft, number: number | undefined): Found<DraftPlanet> => {
  if (number === undefined) return refuse("unknown_planet", "a planet is needed")
  const planet = draft.planets[number - 1]
  return planet === undefined ? refuse("unknown_planet", `there is no planet ${number}`) : Result.succeed(planet)
}

/** The race's own planet of that number. */
export const ownPlanet = (draft: Draft, race: DraftRace, number: number | undefined): Found<DraftPlanet> =>
  Result.flatMap(planetNumbered(draft, number), (planet) =>
    planet.owner === race.index ? Result.succeed(planet) : refuse("not_owner", `planet ${planet.number} is not yours`)
  )

/** Index of the race of that name, in any case; undefined when there is none. */
export const raceNamed = (galaxy: Pick<Galaxy, "races"> | Draft, name: string): number | undefined => {
  const key = keyOf(name)
  const index = galaxy.races.findIndex((race) => keyOf(race.name) === key)
  return index < 0 ? undefined : index
}

/**
 * Index of the race of a name typed in an order. It is first read exactly: race names may hold what other names can't.
 */
export const raceTyped = (galaxy: Pick<Galaxy, "races"> | Draft, name: string): number | undefined =>
  raceNamed(galaxy, name) ?? raceNamed(galaxy, written(name))

/** The race of that name; refused with `race_removed` when it has left the game. */
export const raceIn = (draft: Draft, name: string | undefined): Found<DraftRace> => {
  if (name === undefined) return refuse("unknown_race", "a race is needed")
  const race = draft.races[raceTyped(draft, name) ?? -1]
  if (race === undefined) return refuse("unknown_race", `there is no race ${name}`)
  return race.removed === null ? Result.succeed(race) : refuse("race_removed", `${race.name} has left the game`)
}

/** The race's group of that number; 0 is the newest. */
export const ownGroup = (race: DraftRace, number: number | undefined): Found<DraftGroup> => {
  if (number === undefined) return refuse("unknown_group", "a group is needed")
  const group = race.groups.get(number === 0 ? race.newest : number)
  if (group !== undefined) return Result.succeed(group)
  return refuse("unknown_group", number === 0 ? "you have no ships yet" : `you have no group ${number}`)
}

/** How many ships of a group an order means: no number, 0, or more than there are mean all. */
export const shipsOf = (group: DraftGroup, ships: number | undefined): Found<number> => {
  if (ships === undefined || ships === 0) return Result.succeed(group.ships)
  if (ships < 0) return refuse("bad_count", `the number of ships must not be negative, but is ${ships}`)
  return Result.succeed(Math.min(ships, group.ships))
}

/** The race's ship class of that name, as it was typed; other races' classes are never found. */
export const ownDesign = (race: DraftRace, name: string | undefined): Found<Design> => {
  if (name === undefined) return refuse("unknown_class", "a ship class is needed")
  const design = race.designs.get(keyOfTyped(name))
  return design === undefined ? refuse("unknown_class", `you have no class ${name}`) : Result.succeed(design)
}

/** The race's science of that name, as it was typed; other races' sciences are never found. */
export const ownScience = (race: DraftRace, name: string | undefined): Found<Science> => {
  if (name === undefined) return refuse("unknown_science", "a science is needed")
  const science = race.sciences.get(keyOfTyped(name))
  return science === undefined ? refuse("unknown_science", `you have no science ${name}`) : Result.succeed(science)
}

/** All groups of a fleet of the race, at least one. */
export const fleetNamed = (race: DraftRace, name: string | undefined): Found<ReadonlyArray<DraftGroup>> => {
  if (name === undefined) return refuse("unknown_fleet", "a fleet is needed")
  const members = membersOf(race, keyOfTyped(name))
  return members.length === 0 ? refuse("unknown_fleet", `you have no fleet ${name}`) : Result.succeed(members)
}

const goodsByName: ReadonlyMap<string, Goods> = new Map([
  ["COL", "colonists"],
  ["CAP", "capital"],
  ["MAT", "materials"]
])

/** The cargo meant by `COL`, `CAP` or `MAT` in any case. `EMP` names a route only, and is `unknown_cargo` here. */
export const goodsNamed = (name: Order["goods"]): Found<Goods> => {
  const goods = goodsByName.get((name ?? "").toUpperCase())
  return goods === undefined
    ? refuse("unknown_cargo", name === undefined ? "a kind of cargo is needed" : `${name} is not a kind of cargo`)
    : Result.succeed(goods)
}

/** The planet where a group is; refused with `in_space` while it flies. */
export const placeOf = (draft: Draft, group: DraftGroup): Found<DraftPlanet> =>
  group.state === "in_space"
    ? refuse("in_space", `group ${group.number} is in space`)
    : Result.succeed(planetOf(draft, group.at))
