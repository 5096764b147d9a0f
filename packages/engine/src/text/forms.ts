/**
 * Forms of the classic order text: for each operation its letter, its arguments in sequence, and how many of them are
 * needed. Reader and printer both use this table; which arguments an operation has is the contract's.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { type OrderOp, orderArguments, orderOps } from "@galaxy/contract/engine/OrderArguments"

/** An argument of an order, by its name in the contract. */
export type OrderField = Exclude<keyof Order, "op">

/** How an operation is written: its letter, then its fields in sequence. */
export interface OrderForm {
  readonly op: OrderOp
  readonly letter: string
  readonly fields: ReadonlyArray<OrderField>
  /** How many of the fields, from the first on, can't be left out. */
  readonly needed: number
}

const letters: Record<OrderOp, readonly [letter: string, needed: number]> = {
  peace: ["A", 1],
  war: ["W", 1],
  break_group: ["B", 1],
  design_class: ["D", 6],
  delete_class: ["D", 1],
  rename_class: ["T", 2],
  create_science: ["H", 5],
  delete_science: ["H", 1],
  merge_groups: ["J", 0],
  join_fleet: ["J", 2],
  merge_fleets: ["J", 2],
  give: ["G", 2],
  dismantle: ["K", 1],
  load: ["L", 2],
  unload: ["U", 1],
  rename_planet: ["N", 2],
  produce: ["P", 2],
  route: ["R", 2],
  send: ["S", 2],
  vote: ["V", 1],
  upgrade: ["X", 2],
  quit: ["Q", 1]
}

const form = (op: OrderOp, fields: ReadonlyArray<OrderField> = orderArguments[op]): OrderForm => {
  const [letter, needed] = letters[op]
  return { op, letter, fields, needed }
}

/** The only operation whose arguments exclude each other: a group is sent, or a fleet. */
export const sendGroup = form("send", ["group", "planet", "ships"])
/** As `sendGroup`, for a fleet by its name. */
export const sendFleet = form("send", ["fleet", "planet", "ships"])

/** The form of each operation; that of `send` depends on what is sent. */
export const forms = Object.fromEntries(orderOps.map((op) => [op, form(op)])) as Record<OrderOp, OrderForm>

/** Fields whose numbers may be fractions; numbers of all others are whole. */
export const fractions: ReadonlySet<OrderField> = new Set<OrderField>([
  "amount",
  "level",
  "drive",
  "armament",
  "weapons",
  "shields",
  "cargo"
])

/** What a word of order text is read as. */
export const kindOf = (field: OrderField): "group" | "planet" | "number" | "text" => {
  if (field === "group") return "group"
  if (field === "planet" || field === "to") return "planet"
  return field === "ships" || fractions.has(field) ? "number" : "text"
}

/** Written for the newest group, which is group 0 in an order. */
export const newestGroup = "MAX"
/** Written before a ship class whose name is also that of another product. */
export const classKeyword = "SHIP"
/** Printed in place of a needed argument that an order lacks; `parseOrders` refuses it. */
export const missing = "?"

/** How an order is written: `L group goods [ships [amount]]`, with `command` for its letter or a word. */
export const usage = ({ fields, needed }: OrderForm, command: string): string => {
  const optional = fields.slice(needed).reduceRight((rest, field) => ` [${field}${rest}]`, "")
  return [command, ...fields.slice(0, needed)].join(" ") + optional
}
