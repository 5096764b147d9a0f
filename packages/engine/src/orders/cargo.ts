/** Orders L and U: cargo is taken aboard and put down. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { holdOf } from "../formulas/ships.ts"
import { type Draft, type DraftGroup, type DraftRace, setLoad, setPlanet } from "../state/Draft.ts"
import { splitOff } from "../state/groups.ts"
import { canSettle, putDown } from "../state/landing.ts"
import { chosen } from "./groups.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"
import { goodsNamed, placeOf } from "./subjects.ts"

/** Whether an ordered amount counts as nothing, as all differences up to epsilon do. */
const isNone = (draft: Draft, amount: number | undefined): boolean =>
  amount !== undefined && amount <= draft.ruleset.epsilon

/** Succeeds when a group is in orbit with nothing else to do; otherwise refuses with its state as the code. */
export const isFree = (group: DraftGroup): OrderResult => {
  switch (group.state) {
    case "in_orbit":
      return done
    case "in_space":
      return refuse("in_space", `group ${group.number} is in space`)
    case "launched":
      return refuse("launched", `group ${group.number} has orders to leave`)
    case "upgrading":
      return refuse("upgrading", `group ${group.number} is being upgraded`)
    case "in_transfer":
      return refuse("in_transfer", `group ${group.number} is in transfer`)
  }
}

/**
 * Order L: loads goods from an own or uninhabited planet, by default as much as the holds take. The amount is for all
 * the named ships together, which share it equally.
 */
export const load = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }) =>
    Result.flatMap(goodsNamed(order.goods), (goods) => {
      const free = isFree(group)
      if (Result.isFailure(free)) return free
      if (group.design.cargo === 0) return refuse("no_hold", `${group.design.name} has no hold`)
      if (group.goods !== null && group.goods !== goods) {
        return refuse("other_cargo", `group ${group.number} carries something else`)
      }
      return Result.flatMap(placeOf(draft, group), (planet): OrderResult => {
        if (planet.owner !== race.index && planet.owner !== null) {
          return refuse("foreign_planet", `planet ${planet.number} is not yours`)
        }
        const { epsilon } = draft.ruleset
        const stock = planet[goods]
        const space = (holdOf(draft.ruleset, group.design, group.techs) - group.load) * ships
        if (stock <= epsilon) return refuse("not_enough_stock", `planet ${planet.number} has none of it`)
        if (space <= epsilon) return refuse("hold_full", `group ${group.number} is full`)
        if (isNone(draft, order.amount)) return refuse("bad_amount", "an amount must be above 0")
        const amount = order.amount ?? space
        if (amount > space + epsilon) return refuse("bad_amount", `there is room for only ${space}`)
        // A stock smaller than the amount is taken whole: section 23 refuses only an empty one.
        const taken = Math.min(amount, stock)
        setPlanet(draft, planet, goods, stock - taken, "loading")
        const loaded = splitOff(draft, race, group, ships)
        setLoad(draft, race, loaded, goods, loaded.load + taken / ships, "loading")
        return done
      })
    })
  )

/** Order U: puts cargo down where the group is, by default all of it. Colonists can land only where `canSettle`. */
export const unload = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }) =>
    Result.flatMap(placeOf(draft, group), (planet): OrderResult => {
      const { goods } = group
      const { epsilon } = draft.ruleset
      if (goods === null) return refuse("nothing_loaded", `group ${group.number} carries nothing`)
      if (goods === "colonists" && !canSettle(race, planet)) {
        return refuse("foreign_planet", `colonists can't be landed on planet ${planet.number}`)
      }
      const aboard = group.load * ships
      if (isNone(draft, order.amount)) return refuse("bad_amount", "an amount must be above 0")
      const amount = order.amount ?? aboard
      if (amount > aboard + epsilon) return refuse("bad_amount", `only ${aboard} are aboard`)
      const unloaded = splitOff(draft, race, group, ships)
      const all = amount >= aboard - epsilon
      setLoad(draft, race, unloaded, goods, all ? 0 : unloaded.load - amount / ships, "unloading")
      putDown(draft, race, planet, goods, all ? aboard : amount, "unloading")
      return done
    })
  )
