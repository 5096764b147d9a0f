/**
 * Orders of a race and the engine's verdicts on them.
 *
 * An order is one flat object: `op` says what it does, the other fields are its arguments. If an argument is missing,
 * isn't taken by the operation, or names nothing that exists, the order is refused with a code and the request stays
 * valid. A request is malformed only if the engine doesn't know an operation or a field, or a field has the wrong type or
 * size.
 */
import { Schema } from "effect"
import { int, text } from "../api/Fields.ts"
import { maxOrders, maxOrderText, maxTurn } from "./Limits.ts"
import { orderOps } from "./OrderArguments.ts"

const argument = text(maxOrderText)
const index = int(0, 1_000_000)
/** Wide enough for a wrong count to get a verdict instead of making the request malformed. */
const count = int(-1_000_000_000, 1_000_000_000)

/**
 * One order, as players send it and as read-backs and reports return it. Which fields it may have depends on `op`; see
 * `OrderArguments.ts`.
 */
export const Order = Schema.Struct({
  op: Schema.Literals(orderOps),
  /** Number of a planet: where a route begins, or where ships are sent. */
  planet: Schema.optionalKey(index),
  /** Number of the planet where a route ends. */
  to: Schema.optionalKey(index),
  /**
   * `CAP`, `MAT`, `DRIVE`, `WEAPONS`, `SHIELDS` or `CARGO`, a science or a ship class, in any case. A class with the
   * name of any of the others has `SHIP ` before it.
   */
  product: Schema.optionalKey(argument),
  /** A new name. */
  name: Schema.optionalKey(argument),
  /** Name of a race, in any case. */
  race: Schema.optionalKey(argument),
  /** Number of a group of the race; 0 is the newest one. */
  group: Schema.optionalKey(int(0, 1_000_000_000)),
  /** How many ships of the group; 0 or absent means all. */
  ships: Schema.optionalKey(count),
  fleet: Schema.optionalKey(argument),
  /** The fleet that `fleet` is merged into. */
  into: Schema.optionalKey(argument),
  class: Schema.optionalKey(argument),
  science: Schema.optionalKey(argument),
  /** `COL`, `CAP` or `MAT`; for a route also `EMP`, ships without cargo. */
  goods: Schema.optionalKey(argument),
  amount: Schema.optionalKey(Schema.Finite),
  /** `DRIVE`, `WEAPONS`, `SHIELDS`, `CARGO` or `ALL`. */
  block: Schema.optionalKey(argument),
  /** Upgrades raise no further than to this technology level. */
  level: Schema.optionalKey(Schema.Finite),
  /** Blocks of a design, or parts of a science. */
  drive: Schema.optionalKey(Schema.Finite),
  /** Number of guns. */
  armament: Schema.optionalKey(Schema.Finite),
  weapons: Schema.optionalKey(Schema.Finite),
  shields: Schema.optionalKey(Schema.Finite),
  cargo: Schema.optionalKey(Schema.Finite)
})
export type Order = typeof Order.Type

/** Why an order is refused: each code with what it means. */
export const orderCodeMeanings = {
  bad_amount: "the amount is not above 0, or is more than the holds can take or now carry",
  bad_component: "a block is between 0 and 1, the number of guns is not whole, or a number is missing or too large",
  bad_count: "the number of ships is negative",
  bad_proportions: "a part of the science is negative, missing or too large, or all parts are 0",
  empty_design: "all blocks of the design are 0",
  forced_peace: "war is not possible in the first turns",
  foreign_planet: "the planet belongs to another race, or it is uninhabitable",
  guns_without_calibre: "the design has guns without a calibre, or a calibre without guns",
  hold_full: "there is no room in the holds",
  in_space: "the ships are in space",
  in_transfer: "the ships had orders to leave when they were given to the race",
  in_use: "ships, shipyards or planets still use it",
  launched: "the ships have orders to leave",
  name_chars: "the name has characters other than letters, digits, underscores and hyphens",
  name_confusable:
    "the name looks like another one of the race, or like a word of the game, in letters of another script",
  name_missing: "the name is missing",
  name_reserved: "the name is a reserved word of the game, or has no letter",
  name_taken: "something else has that name",
  name_too_long: "the name is too long",
  no_drive: "ships without a drive can't be sent",
  no_hold: "ships without a hold can't be loaded",
  no_points: "the planet doesn't have enough free production points",
  not_enough_stock: "the planet doesn't have enough of it",
  not_in_orbit: "the ships are not at one of the race's planets",
  not_owner: "it belongs to another race",
  nothing_loaded: "the ships carry nothing",
  nothing_to_upgrade: "the ships have that level already",
  other_cargo: "the ships carry something else",
  out_of_range: "the planet lies outside the race's flight zone",
  race_removed: "that race has left the game",
  too_many: "the race or the receiver already has the most of them that a race can have",
  too_many_gifts: "the receiver can't be given more in this turn",
  unknown_argument: "the order doesn't take that argument, or not together with another one",
  unknown_block: "there is no block of that name, or the ship doesn't have it",
  unknown_cargo: "there is no cargo of that name",
  unknown_class: "the race has no ship class of that name",
  unknown_fleet: "the race has no fleet of that name",
  unknown_group: "the race has no group of that number",
  unknown_planet: "there is no planet of that number",
  unknown_product: "nothing of that name can be made",
  unknown_race: "no race has that name, or the order needs another one",
  unknown_science: "the race has no science of that name",
  upgrading: "the ships are being upgraded",
  wrong_place: "it is at another planet, or the destination is where it starts"
} as const
/** Why an order is refused; `orderCodeMeanings` explains each code. */
export type OrderCode = keyof typeof orderCodeMeanings

/** All codes that this version gives. */
export const orderCodes = Object.keys(orderCodeMeanings) as ReadonlyArray<OrderCode>

const verdict = {
  /** Place in the list, from 0. */
  position: int(0, 1_000_000),
  accepted: Schema.Boolean,
  /** One of `orderCodes`, present when refused. Open, so that an older client can read a newer engine. */
  code: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String)
}

/**
 * The engine's judgement of one order in a list. For the open turn it is a forecast, and the turn may decide otherwise.
 */
export const OrderVerdict = Schema.Struct(verdict)
export type OrderVerdict = typeof OrderVerdict.Type

/** An order with its final verdict, from when its turn was made. */
export const OrderOutcome = Schema.Struct({ ...verdict, order: Order })
export type OrderOutcome = typeof OrderOutcome.Type

/**
 * Which list of a race this is. No other list of the race has the same, of whatever turn; each write makes it greater.
 * A list that nobody has written has one as well. It is above 0, except from engines that can't tell such a list of
 * turn 0 from any other: in a write 0 means whatever stands.
 */
export const Revision = int(0, Number.MAX_SAFE_INTEGER)

/** How many orders a race's list has, and how many of them are refused. */
export const OrderCounts = Schema.Struct({ orders: int(0, maxOrders), refused: int(0, maxOrders) })
export type OrderCounts = typeof OrderCounts.Type

/**
 * Answer of `command`, `order` and of the read-back: all of a race's orders for a turn, each with its verdict. Verdicts
 * of the open turn are forecasts from what the race can see.
 */
export const OrdersAnswer = Schema.Struct({
  race: Schema.String,
  turn: int(0, maxTurn),
  orders: Schema.Array(Order),
  verdicts: Schema.Array(OrderVerdict),
  /** Absent for a closed turn, and from engines that don't count. */
  revision: Schema.optionalKey(Revision),
  /** Absent from engines that don't count. */
  counts: Schema.optionalKey(OrderCounts)
})
export type OrdersAnswer = typeof OrdersAnswer.Type

/** A state file that a write has left behind, for the platform alone: its path, how often it was written, its text. */
export const Kept = Schema.Struct({ path: Schema.String, revision: Revision, sealed: Schema.String })
export type Kept = typeof Kept.Type

/**
 * The engine's own answer of `command` and `order`, and of reading the orders of the open turn and of the one before it,
 * which may still be open for the platform; players get it without `kept`.
 */
export const WrittenOrders = Schema.Struct({ ...OrdersAnswer.fields, kept: Schema.optionalKey(Kept) })
export type WrittenOrders = typeof WrittenOrders.Type
