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

/** What each operation takes; arguments in brackets may be left out. */
export const orderArguments = {
  /** [race]: the attitude to a race; one's own name means everybody. */
  peace: ["race"],
  war: ["race"],
  /** Splits ships off a group, out of its fleet. */
  break_group: ["group", "ships"],
  design_class: ["name", "drive", "armament", "weapons", "shields", "cargo"],
  delete_class: ["class"],
  /** To a free name, or to that of an equal design, which makes the two one. */
  rename_class: ["class", "name"],
  create_science: ["name", "drive", "weapons", "shields", "cargo"],
  delete_science: ["science"],
  /** All identical groups become one. */
  merge_groups: [],
  join_fleet: ["group", "fleet", "ships"],
  /** All groups of the first fleet join the second. */
  merge_fleets: ["fleet", "into"],
  give: ["group", "race", "ships"],
  dismantle: ["group", "ships"],
  /** `amount` is the total for the ships named; as much as there is and fits when left out. */
  load: ["group", "goods", "ships", "amount"],
  unload: ["group", "ships", "amount"],
  rename_planet: ["planet", "name"],
  produce: ["planet", "product"],
  /** No `to` ends the route. */
  route: ["planet", "goods", "to"],
  /** A group, or a whole fleet, to a planet; the one where it stands takes the order back. */
  send: ["group", "fleet", "planet", "ships"],
  vote: ["race"],
  upgrade: ["group", "block", "ships", "level"],
  quit: ["race"]
} as const

export const orderOps = Object.keys(orderArguments) as ReadonlyArray<keyof typeof orderArguments>
export type OrderOp = keyof typeof orderArguments

const argument = text(maxOrderText)
const index = int(0, 1_000_000)
/** Wide enough for a wrong count to get a verdict. */
const count = int(-1_000_000_000, 1_000_000_000)

export const Order = Schema.Struct({
  op: Schema.Literals(orderOps),
  /** Number of a planet; where a route begins, and where a group is sent. */
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
  /** Number of an own group; 0 is the newest. */
  group: Schema.optionalKey(int(0, 1_000_000_000)),
  /** How many ships of the group; 0 or absent is all. */
  ships: Schema.optionalKey(count),
  fleet: Schema.optionalKey(argument),
  into: Schema.optionalKey(argument),
  class: Schema.optionalKey(argument),
  science: Schema.optionalKey(argument),
  /** `COL`, `CAP` or `MAT`; for a route `EMP` too: ships without cargo. */
  goods: Schema.optionalKey(argument),
  amount: Schema.optionalKey(Schema.Finite),
  /** `DRIVE`, `WEAPONS`, `SHIELDS`, `CARGO` or `ALL`. */
  block: Schema.optionalKey(argument),
  /** The technology level to raise to at most. */
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

/** Why an order is refused. */
export const orderCodes = [
  "bad_amount",
  "bad_component",
  "bad_count",
  "bad_proportions",
  "class_conflict",
  "empty_design",
  "forced_peace",
  "foreign_planet",
  "guns_without_calibre",
  "hold_full",
  "in_space",
  "in_transfer",
  "in_use",
  "launched",
  "name_chars",
  "name_missing",
  "name_reserved",
  "name_taken",
  "name_too_long",
  "no_drive",
  "no_hold",
  "no_points",
  "not_enough_stock",
  "not_in_orbit",
  "not_owner",
  "nothing_loaded",
  "nothing_to_upgrade",
  "other_cargo",
  "out_of_range",
  "race_removed",
  "too_many",
  "unknown_block",
  "unknown_cargo",
  "unknown_class",
  "unknown_fleet",
  "unknown_group",
  "unknown_planet",
  "unknown_product",
  "unknown_race",
  "unknown_science",
  "upgrading",
  "wrong_place"
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
