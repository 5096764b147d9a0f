/** What a turn did with the orders of a race, in lines for people. */
import type { OrderOutcome } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { foreignRoutes } from "@galaxy/engine/text/foreignRoutes"
import { namesIn, placeIn } from "@galaxy/engine/text/Section"
import { count } from "./count.ts"
import type { OrdersRead } from "./orderFiles.ts"

/** How many orders there were, and what became of them. */
const tally = (outcomes: ReadonlyArray<OrderOutcome>, wrong: number): string => {
  const refused = outcomes.filter((it) => !it.accepted).length
  return [
    count(outcomes.length, "order"),
    ...(outcomes.length === 0 ? [] : [`${refused} refused`]),
    ...(wrong === 0 ? [] : [`${count(wrong, "line")} not read`])
  ].join(", ")
}

/** A line for each order that was not carried out. */
const refusals = ({ file, places }: OrdersRead, outcomes: ReadonlyArray<OrderOutcome>): ReadonlyArray<string> =>
  outcomes.flatMap(({ accepted, position, code, message }) =>
    accepted ? [] : [`${file}:${places[position] ?? "?"}: refused: ${code ?? "unknown"}: ${message ?? ""}`]
  )

/** A line for each order that was carried out, but sends ships to a planet of somebody else for good. */
const notes = ({ file, places }: OrdersRead, report: Report): ReadonlyArray<string> => {
  const foreign = foreignRoutes(report, placeIn(namesIn(report)))
  return report.orders.flatMap(({ accepted, position, order: { op, planet, goods, to } }) =>
    foreign
      .filter((it) => accepted && op === "route" && it.planet === planet && it.to === to)
      .filter((it) => it.goods === goods?.toUpperCase())
      .map(({ message }) => `${file}:${places[position] ?? "?"}: note: ${message}`)
  )
}

/** The lines about one race. `read` is its file of orders, and `hasLeft` whether this turn was its last one. */
export const verdictsOf = (report: Report, read: OrdersRead | undefined, hasLeft: boolean): ReadonlyArray<string> => [
  `${report.race}: ${tally(report.orders, read?.wrong ?? 0)}${hasLeft ? "; left the game" : ""}`,
  ...(read === undefined || read.outside === 0
    ? []
    : [`${read.file}: ${count(read.outside, "line")} outside of #order … #end left out`]),
  ...(read === undefined ? [] : [...read.unread, ...refusals(read, report.orders), ...notes(read, report)])
]
