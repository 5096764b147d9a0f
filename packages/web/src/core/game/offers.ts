/**
 * Which orders each page offers for what is chosen there. Pages are drawn from these lists, so that every order of the rules
 * can be given by pointing at its subject; the form on the orders page offers all of them by keyboard, and the text takes
 * all of them too.
 */
import { type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"

/** By page; `groups` and `fleets` are the two lists of the ships page, `classes` and `sciences` those of the designs. */
export const offers = {
  planets: ["produce", "route", "rename_planet"],
  groups: ["send", "load", "unload", "upgrade", "break_group", "join_fleet", "give", "dismantle"],
  fleets: ["send", "merge_fleets"],
  ships: ["merge_groups"],
  designer: ["design_class"],
  classes: ["rename_class", "delete_class"],
  science: ["create_science"],
  sciences: ["delete_science"],
  races: ["peace", "war", "vote", "quit"],
  /** Everything, with its subject to be named. */
  orders: orderOps
} as const satisfies Readonly<Record<string, ReadonlyArray<OrderOp>>>

/** A part of a page that offers orders. */
export type Offering = keyof typeof offers
