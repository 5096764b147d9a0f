/** Orders as classic text, by the engine's own reader and writer. Loaded when it is first needed. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { readerOf } from "@galaxy/engine/text/OrderReader"
import { readOrders, type ReadOrders } from "@galaxy/engine/text/parseOrders"
import { printOrders } from "@galaxy/engine/text/printOrders"
import { Result } from "effect"

/** One order a line. */
export const printed = (orders: ReadonlyArray<Order>): string => printOrders(orders)

/** What a text says to somebody who has this report, and what of it can't be read. */
export const reading = (text: string, report: Report): ReadOrders => {
  const read = readOrders(text, readerOf(report))
  return Result.isSuccess(read)
    ? read.success
    : { orders: [], lines: [], errors: read.failure, wrong: read.failure.length, outside: 0 }
}
