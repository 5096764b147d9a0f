/** What becomes of a race's orders, in lines for people. */
import type { OrderOutcome } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { foreignRoute } from "@galaxy/engine/text/foreignRoutes"
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

/** What there is to say of an order: why it is refused, or what it does beyond the obvious. */
const said = ({ accepted, code, message, order }: OrderOutcome, report: Report): ReadonlyArray<string> => {
  if (!accepted) return [`refused: ${code ?? "unknown"}: ${message ?? ""}`]
  const { op, planet, goods, to } = order
  const isRoute = op === "route" && planet !== undefined && goods !== undefined && to !== undefined
  const route = isRoute ? foreignRoute(report, placeIn(namesIn(report)), planet, goods, to) : undefined
  return [message, route].flatMap((note) => (note === undefined ? [] : [`note: ${note}`]))
}

/** Lines about lines of a file, from top to bottom. */
const told = (
  { file, places, unread, outside }: OrdersRead,
  outcomes: ReadonlyArray<OrderOutcome>,
  report: Report
): ReadonlyArray<string> => {
  const verdicts = outcomes.flatMap((outcome) =>
    said(outcome, report).map((message) => ({ ...(places[outcome.position] ?? { line: 0, column: 0 }), message }))
  )
  return [
    ...(outside === 0 ? [] : [`${file}: ${count(outside, "line")} outside of #order … #end left out`]),
    ...[...unread, ...verdicts]
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`)
  ]
}

/** The lines about one race, with its file of orders if there is one. The report says whose planets are. */
export const verdictsOf = (
  report: Report,
  outcomes: ReadonlyArray<OrderOutcome>,
  read: OrdersRead | undefined,
  after = ""
): ReadonlyArray<string> => [
  `${report.race}: ${tally(outcomes, read?.wrong ?? 0)}${after}`,
  ...(read === undefined ? [] : told(read, outcomes, report))
]
