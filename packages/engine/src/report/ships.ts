/** Sections of ships: fleets, own and foreign groups, and what is seen in space. */
import type { ApproachingGroup, Fleet, ForeignGroup, OwnGroup, UnidentifiedGroup } from "@galaxy/contract/engine/Report"
import { keyOf } from "../orders/keyOf.ts"
import type { Goods } from "../state/kinds.ts"
import { raceAt } from "../state/lookups.ts"
import type { Facts, Ships } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"
import type { Sight } from "./sight.ts"

const goodsNames: { readonly [Kind in Goods]: string } = { colonists: "COL", capital: "CAP", materials: "MAT" }

/** How reports write a kind of cargo. */
export const goodsName = (goods: Goods | null): string => (goods === null ? "-" : goodsNames[goods])

const shipsLine = ({ group, mass }: Ships) => ({
  ships: group.ships,
  class: group.class,
  drive: toHundredths(group.techs.drive),
  weapons: toHundredths(group.techs.weapons),
  shields: toHundredths(group.techs.shields),
  cargo: toHundredths(group.techs.cargo),
  goods: goodsName(group.goods),
  load: toHundredths(group.load),
  mass: toHundredths(mass)
})

const course = ({ group, speed }: Ships) =>
  group.to === null
    ? { destination: group.at, speed: toHundredths(speed) }
    : {
        destination: group.to,
        origin: group.at,
        distance: toHundredths(group.distance),
        speed: toHundredths(speed)
      }

const stateOf = ({ group }: Ships): string => (group.to === null ? "In_Orbit" : "In_Space")

/** All groups of the race, by number; those in space have an origin and the distance that is left. */
export const ownGroups = ({ shipsOf }: Facts, race: number): ReadonlyArray<OwnGroup> =>
  (shipsOf[race] ?? []).map((ships): OwnGroup => {
    const { number, fleet } = ships.group
    const line = { number, ...shipsLine(ships), ...course(ships) }
    const state = stateOf(ships)
    return fleet === null ? { ...line, state } : { ...line, fleet, state }
  })

/** The race's fleets by name; their numbers count lines of this report and can't be used in orders. */
export const fleets = ({ shipsOf }: Facts, race: number): ReadonlyArray<Fleet> => {
  const members = new Map<string, Array<Ships>>()
  for (const ships of shipsOf[race] ?? []) {
    if (ships.group.fleet === null) continue
    const key = keyOf(ships.group.fleet)
    const others = members.get(key)
    if (others === undefined) members.set(key, [ships])
    else others.push(ships)
  }
  return [...members]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, groups], at) => {
      const [first] = groups
      return first === undefined
        ? []
        : [
            {
              number: at + 1,
              name: first.group.fleet ?? "",
              groups: groups.length,
              ...course(first),
              state: stateOf(first)
            }
          ]
    })
}

const foreignLine = (facts: Facts, ships: Ships): ForeignGroup => {
  const known = facts.foreignLines.get(ships)
  if (known !== undefined) return known
  const line = {
    race: raceAt(facts.galaxy, ships.race).name,
    ...shipsLine(ships),
    destination: ships.group.at,
    speed: toHundredths(ships.ownSpeed)
  }
  facts.foreignLines.set(ships, line)
  return line
}

/** Groups of others at planets that the race sees. */
export const foreignGroups = (facts: Facts, sight: Sight): ReadonlyArray<ForeignGroup> =>
  sight.foreignShips.map((ships) => foreignLine(facts, ships))

/** Whether a group is on its way to a planet of the race. */
const comes = (facts: Facts, race: number, to: number): boolean => facts.galaxy.planets[to - 1]?.owner === race

/**
 * Foreign groups in sight that fly to the race's planets. They are sorted by the values shown here, so that their order
 * doesn't reveal whose they are.
 */
export const approaching = (facts: Facts, race: number, sight: Sight): ReadonlyArray<ApproachingGroup> =>
  sight.flights
    .filter(({ to }) => comes(facts, race, to))
    .map(({ to, group, mass, speed }) => ({
      origin: group.at,
      destination: to,
      distance: toHundredths(group.distance),
      speed: toHundredths(speed),
      mass: toHundredths(group.ships * mass)
    }))
    .toSorted(
      (one, other) =>
        one.destination - other.destination ||
        one.distance - other.distance ||
        one.origin - other.origin ||
        one.speed - other.speed ||
        one.mass - other.mass
    )

/** All other foreign groups in sight in space, by coordinates, and nothing but these. */
export const unidentified = (facts: Facts, race: number, sight: Sight): ReadonlyArray<UnidentifiedGroup> =>
  sight.flights.flatMap(({ to, shown }) => (comes(facts, race, to) ? [] : [shown]))
