/**
 * Loading and unloading by the player's number: how much fits into the chosen ships, and the orders that share an amount
 * among their groups. By the engine's own formulas, as far as the report's two decimals tell.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { holdWith } from "./reach.ts"
import type { ClassIndex } from "./shipClasses.ts"

/** Goods that ships carry, by the letters of the rules. */
export type CargoGoods = "COL" | "CAP" | "MAT"

/** So many ships of a group. */
export interface Taken {
  readonly group: OwnGroup
  readonly ships: number
}

/** The report's two decimals, never more than there is: the engine refuses an amount for which there is no room. */
export const floored = (value: number) => Math.floor(value * 100 + 1e-6) / 100

const counted = ({ group, ships }: Taken) => (ships < group.ships ? { ships } : {})

/** Whether these ships can take these goods aboard: they have a hold that is empty or has the same in it. */
const takes = ({ group }: Taken, goods: CargoGoods) => group.load <= 0 || group.goods === goods

/** Free room of ships for goods; 0 for those that carry something else. */
export const roomOf = (
  ruleset: Ruleset,
  classes: ClassIndex,
  race: string,
  taken: Taken,
  goods: CargoGoods
): number => {
  const design = classes.get(race, taken.group.class)
  if (design === undefined || design.cargo <= 0 || !takes(taken, goods)) return 0
  return floored(Math.max(0, holdWith(ruleset, design, taken.group) - taken.group.load) * taken.ships)
}

/** What is aboard of ships. */
export const aboardOf = (taken: ReadonlyArray<Taken>): number =>
  floored(taken.reduce((sum, { group, ships }) => sum + group.load * ships, 0))

/**
 * Shares an amount among ships, as much as each can have; `undefined` is all of each. There is no more than `stock`: ships
 * that come after all is gone get no order.
 */
const shared = (
  taken: ReadonlyArray<Taken>,
  amount: number | undefined,
  most: (it: Taken) => number,
  make: (it: Taken, amount: { readonly amount?: number }) => Order,
  stock = Number.POSITIVE_INFINITY
): ReadonlyArray<Order> => {
  let left = floored(Math.min(amount ?? Number.POSITIVE_INFINITY, stock))
  return taken.flatMap((it) => {
    const can = most(it)
    const part = floored(Math.min(left, can))
    if (part <= 0) return []
    left -= part
    // Whoever wants all of it takes what is left, to the last crumb that a report rounds away.
    return [make(it, part < can && amount !== undefined ? { amount: part } : {})]
  })
}

/** Orders that load so much into these ships, group after group; `amount` undefined fills their holds, as far as the stock lasts. */
export const loadOrders = (
  taken: ReadonlyArray<Taken>,
  goods: CargoGoods,
  amount: number | undefined,
  room: (it: Taken) => number,
  stock: number
): ReadonlyArray<Order> =>
  shared(
    taken,
    amount,
    room,
    (it, part) => ({ op: "load", group: it.group.number, goods, ...part, ...counted(it) }),
    stock
  )

/** Orders that unload so much from these ships, group after group; `amount` undefined empties them. */
export const unloadOrders = (taken: ReadonlyArray<Taken>, amount: number | undefined): ReadonlyArray<Order> =>
  shared(
    taken,
    amount,
    (it) => aboardOf([it]),
    (it, part) => ({ op: "unload", group: it.group.number, ...part, ...counted(it) })
  )

/**
 * An amount that was typed: undefined for an empty field, which means all, and NaN for what is no amount. A comma is as
 * good as a point.
 */
export const amountOf = (text: string): number | undefined => {
  const plain = text.trim().replace(",", ".")
  if (plain === "") return undefined
  const value = /^\d*\.?\d*$/.test(plain) ? floored(Number(plain)) : Number.NaN
  return value > 0 ? value : Number.NaN
}
