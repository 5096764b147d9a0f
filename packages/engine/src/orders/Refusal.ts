/** Why an order does nothing: the code a program reads and the sentence a player reads. */
import type { OrderCode } from "@galaxy/contract/engine/Order"
import { Data, Result } from "effect"
import type { Galaxy } from "../state/Galaxy.ts"

export class Refusal extends Data.Error<{ readonly code: OrderCode; readonly message: string }> {}

/** The galaxy after an order, or why it stays as it is. */
export type Outcome = Result.Result<Galaxy, Refusal>

export const refuse = (code: OrderCode, message: string): Result.Result<never, Refusal> =>
  Result.fail(new Refusal({ code, message }))
