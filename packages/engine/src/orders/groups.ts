/** Orders B, J and K: groups are split, put into fleets and taken apart. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { maxGroups } from "../rules/limits.ts"
import { type Draft, type DraftGroup, type DraftRace, planetOf, setPlanet, setShips } from "../state/Draft.ts"
import { splitOff } from "../state/groups.ts"
import { canSettle, putDown } from "../state/landing.ts"
import { enlist, fleetsLike } from "./fleets.ts"
import { unmistakable } from "./lookAlikes.ts"
import { acceptName } from "./names.ts"
import { done, type OrderResult, type OrderRefusal, refuse } from "./Refusal.ts"
import { fleetNamed, ownGroup, placeOf, shipsOf } from "./subjects.ts"

/** The group and how many of its ships are meant; refused when a split would give the race too many groups. */
export const chosen = (
  race: DraftRace,
  order: Order
): Result.Result<{ readonly group: DraftGroup; readonly ships: number }, OrderRefusal> =>
  Result.flatMap(ownGroup(race, order.group), (group) =>
    Result.flatMap(shipsOf(group, order.ships), (ships) =>
      ships < group.ships && race.groups.size >= maxGroups
        ? refuse("too_many", `a race can have at most ${maxGroups} groups`)
        : Result.succeed({ group, ships })
    )
  )

/**
 * Order B: splits ships off as a new group outside of any fleet. When all ships are meant, the group leaves its fleet.
 */
export const breakGroup = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }): OrderResult => {
    if (group.state === "in_space") return refuse("in_space", `group ${group.number} is in space`)
    splitOff(draft, race, group, ships).fleet = null
    return done
  })

/** Whether two groups can belong to one fleet: at the same planet, with the same plans. */
const together = (group: DraftGroup, member: DraftGroup): OrderResult => {
  if (member.state === "in_space") return refuse("in_space", `fleet ${member.fleet ?? ""} is in space`)
  if (member.at !== group.at) return refuse("wrong_place", `fleet ${member.fleet ?? ""} is at another planet`)
  const leaving = (it: DraftGroup): number | null =>
    it.state === "in_orbit" || it.state === "upgrading" ? null : it.to
  if (leaving(group) !== leaving(member)) {
    return refuse("launched", "the two groups must have the same orders to leave, or none")
  }
  return done
}

/**
 * Order J with a group: puts ships into a fleet, which begins to exist with its first group. All groups of a fleet are
 * at one planet with the same orders to leave.
 */
export const joinFleet = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }): OrderResult => {
    if (group.state === "in_space") return refuse("in_space", `group ${group.number} is in space`)
    if (group.state === "in_transfer") return refuse("in_transfer", `group ${group.number} is in transfer`)
    return Result.flatMap(acceptName(order.fleet, draft.ruleset.nameLength), (name) => {
      const members = Result.getOrElse(fleetNamed(race, name), (): ReadonlyArray<DraftGroup> => [])
      const member = members[0]
      const fits = member === undefined ? unmistakable(draft, name, fleetsLike(race, name)) : together(group, member)
      return Result.map(fits, () => {
        enlist(race, splitOff(draft, race, group, ships), member?.fleet ?? name)
      })
    })
  })

/** Order J with two fleets: moves all groups of the first into the second, under the same conditions as `joinFleet`. */
export const mergeFleets = (_: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(fleetNamed(race, order.fleet), (members) =>
    Result.flatMap(fleetNamed(race, order.into), (others): OrderResult => {
      const [member] = members
      const [other] = others
      if (member === undefined || other === undefined || member === other) return done
      if (member.state === "in_space") return refuse("in_space", `fleet ${member.fleet ?? ""} is in space`)
      return Result.map(together(member, other), () => {
        for (const it of members) enlist(race, it, other.fleet ?? "")
      })
    })
  )

/** Order K: takes ships apart at a planet. Their load is put down, and their empty mass becomes materials there. */
export const dismantle = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }) =>
    Result.flatMap(placeOf(draft, group), (): OrderResult => {
      const planet = planetOf(draft, group.at)
      if (group.state === "upgrading") return refuse("upgrading", `group ${group.number} is being upgraded`)
      if (group.state === "in_transfer") return refuse("in_transfer", `group ${group.number} is in transfer`)
      const stranded = group.goods === "colonists" && !canSettle(race, planet)
      if (stranded && draft.ruleset.dismantlingOverStrangers === "refused") {
        return refuse("foreign_planet", `colonists can't be landed on planet ${planet.number}`)
      }
      const { goods, load, design } = group
      setShips(draft, race, group, group.ships - ships, "dismantling")
      if (goods !== null) {
        if (!stranded) putDown(draft, race, planet, goods, load * ships, "dismantling")
      }
      setPlanet(draft, planet, "materials", planet.materials + design.mass * ships, "dismantling")
      return done
    })
  )
