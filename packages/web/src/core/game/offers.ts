/**
 * Which orders the form of each page offers for what is chosen there. Designs, sciences and what concerns a race have
 * forms of their own; the form on the orders page offers every order of the rules, and the text takes all of them too.
 */
import { type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"

/** By page; `groups` and `fleets` are the two lists of the ships page, `classes` and `sciences` those of the designs. */
export const offers = {
  planets: ["produce", "route", "rename_planet"],
  groups: ["send", "load", "unload", "upgrade", "break_group", "join_fleet", "give", "dismantle"],
  fleets: ["send", "merge_fleets"],
  ships: ["merge_groups"],
  classes: ["rename_class", "delete_class"],
  sciences: ["delete_science"],
  /** Everything, with its subject to be named. */
  orders: orderOps
} as const satisfies Readonly<Record<string, ReadonlyArray<OrderOp>>>
