/** An order out of what somebody has chosen and typed, and back. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OrderOp } from "@galaxy/contract/engine/OrderArguments"
import type { Report } from "@galaxy/contract/engine/Report"
import { numberTyped } from "./numberTyped.ts"
import { type Argument, type Field, fieldsOf, fleetPrefix } from "./orderFields.ts"
import { planetTyped } from "./planetTyped.ts"

/** What stands in the fields, by argument; what is left out is empty. */
export type Values = Readonly<Partial<Record<Argument, string>>>

/** The arguments that are missing, and those that hold something which can't be meant. */
export interface Faults {
  readonly missing: ReadonlyArray<Argument>
  readonly wrong: ReadonlyArray<Argument>
}

type Read = { readonly _tag: "missing" | "wrong" | "none" } | { readonly _tag: "read"; readonly part: Partial<Order> }

const wholeOnly: ReadonlySet<Argument> = new Set(["ships", "armament"])
const blocks: ReadonlySet<Argument> = new Set(["drive", "armament", "weapons", "shields", "cargo"])

const read = (report: Report, { argument, kind, optional, choices }: Field, typed: string): Read => {
  const text = typed.trim()
  // Blocks of a design and parts of a science are 0 where nothing is typed.
  if (text === "" && blocks.has(argument)) return { _tag: "read", part: { [argument]: 0 } }
  if (text === "") return { _tag: optional ? "none" : "missing" }
  const part = (value: string | number): Read => ({ _tag: "read", part: { [argument]: value } })
  switch (kind) {
    case "number": {
      const value = numberTyped(text)
      if (!Number.isFinite(value) || value < 0) return { _tag: "wrong" }
      return wholeOnly.has(argument) && !Number.isInteger(value) ? { _tag: "wrong" } : part(value)
    }
    case "planet": {
      const number = planetTyped(report, text)
      return number === undefined ? { _tag: "wrong" } : part(number)
    }
    case "choice":
      if (!choices.includes(typed)) return { _tag: "wrong" }
      if (typed.startsWith(fleetPrefix)) return { _tag: "read", part: { fleet: typed.slice(fleetPrefix.length) } }
      return part(argument === "group" || argument === "planet" ? Number(typed) : typed)
    default:
      return part(text)
  }
}

/** The order, or why there is none yet. `subject` are arguments that are known already, such as the chosen group. */
export const orderOf = (
  op: OrderOp,
  report: Report,
  lines: ReadonlyArray<Order>,
  values: Values,
  subject: Partial<Order> = {}
): { readonly order: Order } | Faults => {
  const known = Object.keys(subject) as ReadonlyArray<Argument>
  const results = fieldsOf(op, report, lines, known).map((field) => ({
    argument: field.argument,
    read: read(report, field, values[field.argument] ?? "")
  }))
  const named = (tag: Read["_tag"]) => results.flatMap((it) => (it.read._tag === tag ? [it.argument] : []))
  const [missing, wrong] = [named("missing"), named("wrong")]
  if (missing.length + wrong.length > 0) return { missing, wrong }
  const parts = results.map((it) => (it.read._tag === "read" ? it.read.part : {}))
  const { ships, ...order } = Object.assign({ op, ...subject }, ...parts) as Order
  // A whole fleet is sent, and 0 ships are all of them.
  return {
    order: ships === undefined || ships === 0 || (op === "send" && "fleet" in order) ? order : { ...order, ships }
  }
}

/** What a form shows of an order that is to be changed. */
export const valuesOf = (order: Order): Values => {
  const { op, fleet, ...rest } = order
  const values: Partial<Record<Argument, string>> = {}
  for (const [argument, value] of Object.entries(rest)) values[argument as Argument] = String(value)
  if (fleet !== undefined) values[op === "send" ? "group" : "fleet"] = op === "send" ? `${fleetPrefix}${fleet}` : fleet
  return values
}
