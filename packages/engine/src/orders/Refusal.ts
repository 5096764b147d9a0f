/** Why an order does nothing: the code a program reads and the sentence a player reads. */
import type { OrderCode } from "@galaxy/contract/engine/Order"
import { Data, Result } from "effect"

export class OrderRefusal extends Data.Error<{ readonly code: OrderCode; readonly message: string }> {}

/** That an order was carried out, or why nothing has changed. */
export type OrderResult = Result.Result<void, OrderRefusal>

export const done: OrderResult = Result.succeed(undefined)

export const refuse = (code: OrderCode, message: string): Result.Result<never, OrderRefusal> =>
  Result.fail(new OrderRefusal({ code, message }))
