/** Verdicts on orders at once, by the engine itself on what the report shows. Loaded when it is first needed. */
import { rulesetNames } from "@galaxy/contract/engine/Admin"
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { forecast as judge } from "@galaxy/engine/orders/forecast"
import { galaxyOfReport } from "./galaxyOfReport.ts"

/**
 * A verdict for each order. What an accepted order promises (`message`) isn't told: it may rest on what the report doesn't
 * show. None for a ruleset that this version doesn't know.
 */
export const forecast = (
  report: Report,
  ruleset: string,
  orders: ReadonlyArray<Order>
): ReadonlyArray<OrderVerdict> => {
  const known = rulesetNames.find((name) => name === ruleset)
  const view = known === undefined ? undefined : galaxyOfReport(report, known)
  if (view === undefined) return []
  return judge(view.galaxy, view.race, orders).map(({ position, accepted, code }) => ({
    position,
    accepted,
    ...(code === undefined ? {} : { code })
  }))
}
