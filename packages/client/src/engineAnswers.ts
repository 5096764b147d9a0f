/** Schemas of the answers that come from a game's engine. They are loaded with the first call that has one. */
import { OrdersAnswer } from "@galaxy/contract/engine/Order"
import { Report } from "@galaxy/contract/engine/Report"

/** The schema of each such message type's answer. */
export const engineAnswers = {
  "user.games.command": OrdersAnswer,
  "user.games.order": OrdersAnswer,
  "user.games.order.get": OrdersAnswer,
  "user.games.report": Report
} as const
