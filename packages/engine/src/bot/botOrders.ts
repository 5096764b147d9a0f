/**
 * A computer player: a report in, the orders of the turn out.
 *
 * It reads only its own report and keeps nothing between turns, so the same report and style give the same orders. It
 * plays by the ruleset `plus`.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { design } from "./designs.ts"
import { negotiate } from "./diplomacy.ts"
import { produce } from "./economy.ts"
import { explore } from "./scouting.ts"
import { settle } from "./settling.ts"
import { type Style, styleOf } from "./style.ts"
import { viewOf } from "./View.ts"
import { fight } from "./war.ts"

/** Orders for the turn after a report; none when the race has left or the game is over. */
export const botOrders = (report: Report, style: Style = styleOf(report.race)): ReadonlyArray<Order> => {
  const view = viewOf(report, style)
  if (view === undefined) return []
  design(view)
  negotiate(view)
  explore(view)
  settle(view)
  fight(view)
  produce(view)
  // A race without orders counts as idle, so a bot with nothing to change sends a harmless order.
  return view.orders.length > 0 ? view.orders : [{ op: "merge_groups" }]
}
