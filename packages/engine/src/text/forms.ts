/**
 * Forms of the classic order text: for each operation its letter, its arguments in their order and how many of them
 * are needed. Reader and printer go by this one table; what an operation takes comes from the contract.
 */
import { type Order, type OrderOp, orderArguments, orderOps } from "@galaxy/contract/engine/Order"

export type OrderField = Exclude<keyof Order, "op">

export interface OrderForm {
  readonly op: OrderOp
  readonly letter: string
  readonly fields: ReadonlyArray<OrderField>
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
export const sendFleet = form("send", ["fleet", "planet", "ships"])

/** The form of each operation; that of `send` depends on what is sent. */
export const forms = Object.fromEntries(orderOps.map((op) => [op, form(op)])) as Record<OrderOp, OrderForm>

/** Numbers of these fields are fractions too; those of the others are whole. */
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

/** The newest group, which is group 0 in an order. */
export const newestGroup = "MAX"
/** Before the name of a ship class that is called as another product. */
export const classKeyword = "SHIP"
/** Printed where an order lacks an argument that it needs; no argument is read from it. */
export const missing = "?"
