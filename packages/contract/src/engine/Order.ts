/**
 * Orders of a race and the engine's verdicts on them.
 *
 * An order is one flat object: `op` says what it does, the other fields are its arguments. An argument that the
 * operation asks for and doesn't get, or that names nothing, is a refused order with a code, never a malformed request;
 * only an operation that the engine doesn't know is malformed.
 */
import { Schema } from "effect"
import { int, text } from "../api/Fields.ts"
import { maxOrderText, maxTurn } from "./Limits.ts"

/** What each operation takes: `produce` planet, product; `rename_planet` planet, name; the others a race. */
export const orderOps = ["produce", "rename_planet", "peace", "war", "vote", "quit"] as const
export type OrderOp = (typeof orderOps)[number]

const argument = text(maxOrderText)

export const Order = Schema.Struct({
  op: Schema.Literals(orderOps),
  /** Number of a planet. */
  planet: Schema.optionalKey(int(0, 1_000_000)),
  /** `CAP`, `MAT`, `DRIVE`, `WEAPONS`, `SHIELDS` or `CARGO`, in any case. */
  product: Schema.optionalKey(argument),
  /** A new name. */
  name: Schema.optionalKey(argument),
  /** Name of a race, in any case. One's own means everybody for `peace` and `war`. */
  race: Schema.optionalKey(argument)
})
export type Order = typeof Order.Type

/** Why an order is refused. */
export const orderCodes = [
  "name_chars",
  "name_missing",
  "name_reserved",
  "name_taken",
  "name_too_long",
  "not_owner",
  "race_removed",
  "unknown_planet",
  "unknown_product",
  "unknown_race"
] as const
export type OrderCode = (typeof orderCodes)[number]

const verdict = {
  /** Place in the list, from 0. */
  position: int(0, 1_000_000),
  accepted: Schema.Boolean,
  /** One of `orderCodes`; open, so that an older client reads a newer engine. Present when refused. */
  code: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String)
}

export const OrderVerdict = Schema.Struct(verdict)
export type OrderVerdict = typeof OrderVerdict.Type

/** How an order fared when its turn was made. */
export const OrderOutcome = Schema.Struct({ ...verdict, order: Order })
export type OrderOutcome = typeof OrderOutcome.Type

/** A race's orders of a turn. Verdicts of the open turn are forecasts from what the race can see. */
export const OrdersAnswer = Schema.Struct({
  race: Schema.String,
  turn: int(0, maxTurn),
  orders: Schema.Array(Order),
  verdicts: Schema.Array(OrderVerdict)
})
export type OrdersAnswer = typeof OrdersAnswer.Type
