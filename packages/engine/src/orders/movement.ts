/** Orders S and R: groups and fleets are sent, routes are set. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { distance } from "../space/distance.ts"
import { inFlightZone } from "../space/zone.ts"
import { type Draft, type DraftGroup, type DraftPlanet, type DraftRace, planetOf } from "../state/Draft.ts"
import { splitOff } from "../state/groups.ts"
import { chosen } from "./groups.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"
import { fleetNamed, goodsNamed, ownPlanet, planetNumbered } from "./subjects.ts"

/** Succeeds when a group can still be given a destination. */
const canBeSent = (group: DraftGroup): OrderResult => {
  if (group.state === "in_space") return refuse("in_space", `group ${group.number} is in space`)
  if (group.state === "upgrading") return refuse("upgrading", `group ${group.number} is being upgraded`)
  if (group.state === "in_transfer") return refuse("in_transfer", `group ${group.number} is in transfer`)
  if (group.design.drive === 0) return refuse("no_drive", `${group.design.name} has no drive`)
  return done
}

/** Gives groups at one planet their destination for the coming turn; the planet where they stand cancels that. */
const direct = (draft: Draft, groups: ReadonlyArray<DraftGroup>, planet: DraftPlanet): void => {
  const from = planetOf(draft, groups[0]?.at ?? planet.number)
  const stays = planet === from
  const far = stays ? 0 : distance(draft.ruleset.map, draft.size, from, planet)
  for (const group of groups) {
    group.state = stays ? "in_orbit" : "launched"
    group.to = stays ? null : planet.number
    group.distance = far
  }
}

const outOfRange = (planet: DraftPlanet): OrderResult =>
  refuse("out_of_range", `planet ${planet.number} lies outside your flight zone`)

/**
 * Order S: sends a group or a whole fleet to a planet in the flight zone. It leaves in the flight phase; until then it
 * can be sent elsewhere, or back to its planet to stay.
 */
export const send = (draft: Draft, race: DraftRace, order: Order): OrderResult => {
  const fleet = order.group === undefined && order.fleet !== undefined
  if (fleet) {
    return Result.flatMap(fleetNamed(race, order.fleet), (members) =>
      Result.flatMap(planetNumbered(draft, order.planet), (planet): OrderResult => {
        for (const member of members) {
          const can = canBeSent(member)
          if (Result.isFailure(can)) return can
        }
        if (planet.number !== members[0]?.at && !inFlightZone(draft, race, planet)) return outOfRange(planet)
        direct(draft, members, planet)
        return done
      })
    )
  }
  return Result.flatMap(chosen(race, order), ({ group, ships }) =>
    Result.flatMap(planetNumbered(draft, order.planet), (planet): OrderResult => {
      const can = canBeSent(group)
      if (Result.isFailure(can)) return can
      if (planet.number !== group.at && !inFlightZone(draft, race, planet)) return outOfRange(planet)
      const sent = splitOff(draft, race, group, ships)
      // A group that is sent alone leaves its fleet.
      sent.fleet = null
      direct(draft, [sent], planet)
      return done
    })
  )
}

/** Order R: sets an own planet's route for one kind of cargo, or deletes it when no end is named. */
export const route = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownPlanet(draft, race, order.planet), (from) => {
    const kind =
      (order.goods ?? "").toUpperCase() === "EMP" ? Result.succeed("empty" as const) : goodsNamed(order.goods)
    return Result.flatMap(kind, (goods): OrderResult => {
      if (order.to === undefined) {
        delete from.routes[goods]
        return done
      }
      return Result.flatMap(planetNumbered(draft, order.to), (to): OrderResult => {
        if (to === from) return refuse("wrong_place", "a route must end at another planet")
        if (!inFlightZone(draft, race, to)) return outOfRange(to)
        from.routes[goods] = to.number
        return done
      })
    })
  })
