/** Why an order does nothing: the code a program reads and the sentence a player reads. */
import type { OrderCode } from "@galaxy/contract/engine/Order"
import { Result } from "effect"

/**
 * Why an order was not carried out. It has changed nothing. Not an `Error`: refusals are a usual part of play, and
 * recording where each was made took a sixth of a turn.
 */
export interface OrderRefusal {
  readonly code: OrderCode
  readonly message: string
}

/** Success when an order was carried out; otherwise why it changed nothing. */
export type OrderResult = Result.Result<void, OrderRefusal>

/** The result of every order that was carried out. */
export const done: OrderResult = Result.succeed(undefined)

/** Fails with an `OrderRefusal`; the sentence is shown to the player. */
export const refuse = (code: OrderCode, message: string): Result.Result<never, OrderRefusal> =>
  Result.fail({ code, message })
