/** Why an order does nothing: the code a program reads and the sentence a player reads. */
import type { OrderCode } from "@galaxy/contract/engine/Order"
import { Data, Result } from "effect"

/** Why an order was not carried out. It has changed nothing. */
export class OrderRefusal extends Data.Error<{ readonly code: OrderCode; readonly message: string }> {}

/** Success when an order was carried out; otherwise why it changed nothing. */
export type OrderResult = Result.Result<void, OrderRefusal>

/** The result of every order that was carried out. */
export const done: OrderResult = Result.succeed(undefined)

/** Fails with an `OrderRefusal`; the sentence is shown to the player. */
export const refuse = (code: OrderCode, message: string): Result.Result<never, OrderRefusal> =>
  Result.fail(new OrderRefusal({ code, message }))
