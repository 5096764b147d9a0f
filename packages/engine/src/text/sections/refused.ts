/** Orders that were not carried out, and why. They are numbered as the race sent them, from 1. */
import type { Order, OrderOutcome } from "@galaxy/contract/engine/Order"
import type { Section } from "../Section.ts"
import { plain } from "../table.ts"

/** The operation and its arguments by name. */
export const plainOrder = ({ op, ...given }: Order): string =>
  [op, ...Object.entries(given).map(([name, value]) => `${name}=${value}`)].join(" ")

/** Two lines for each refused order: the order, then the code and the reason. Accepted orders are left out. */
export const refusedSection = (
  outcomes: ReadonlyArray<OrderOutcome>,
  printOrder: (order: Order) => string
): Section => ({
  title: "Refused orders",
  lines: outcomes.flatMap(({ accepted, position, order, code, message }) =>
    accepted
      ? []
      : [
          plain(`${position + 1}. ${printOrder(order)}`),
          `  ${plain(code)}${message === undefined ? "" : `: ${plain(message)}`}`
        ]
  )
})
