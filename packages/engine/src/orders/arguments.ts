/**
 * Which arguments an order may have. One that it doesn't take is refused instead of being ignored: whoever wrote
 * `"amout": 1` doesn't want to load everything.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { orderArguments } from "@galaxy/contract/engine/OrderArguments"
import { done, type OrderResult, refuse } from "./Refusal.ts"

const takenBy: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(orderArguments).map(([op, names]) => [op, new Set<string>(names)])
)

/** A name that somebody made up, short enough for a sentence. */
const shown = (name: string): string => (name.length > 40 ? `${name.slice(0, 40)}…` : name)

const given = (order: Order, name: keyof Order): boolean => order[name] !== undefined

/** Refused with `unknown_argument`, by name, when the order has an argument that its operation doesn't take. */
export const onlyTaken = (order: Order): OrderResult => {
  const taken = takenBy.get(order.op)
  for (const name of Object.keys(order)) {
    if (name === "op" || taken?.has(name) === true || !given(order, name as keyof Order)) continue
    const names = [...(taken ?? [])].join(", ")
    return refuse("unknown_argument", `${order.op} doesn't take ${shown(name)}, only ${names === "" ? "op" : names}`)
  }
  // The only operation whose arguments exclude each other.
  if (order.op === "send" && given(order, "fleet")) {
    if (given(order, "group")) return refuse("unknown_argument", "send takes a group or a fleet, not both")
    if (given(order, "ships"))
      return refuse("unknown_argument", "send doesn't take ships with a fleet, which flies whole")
  }
  return done
}
