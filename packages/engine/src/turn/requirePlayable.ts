/**
 * What must hold before a turn is made. A caller that breaks it has a bug, which is reported by name before any of the
 * turn is made, instead of being played into a wrong galaxy.
 *
 * It costs one look at each order's operation. The fields of an order are checked by the schema `Order`.
 */
import { orderArguments } from "@galaxy/contract/engine/OrderArguments"
import type { Galaxy } from "../state/Galaxy.ts"
import type { Decisions } from "./Phase.ts"

const fault = (problem: string): never => {
  throw new Error(`the turn can't be made: ${problem}`)
}

/** A value as an error shows it: short, whatever it is. */
const shown = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** Any map or set will do, not only the built-in ones. */
const has = (it: unknown, methods: ReadonlyArray<string>): boolean =>
  typeof it === "object" &&
  it !== null &&
  methods.every((name) => typeof (it as Record<string, unknown>)[name] === "function")

const requireIndex = (galaxy: Galaxy, index: unknown, where: string): void => {
  if (typeof index === "number" && Number.isInteger(index) && index >= 0 && index < galaxy.races.length) return
  fault(
    `${where} has ${shown(index)}, which is not the index of a race; it must be from 0 to ${galaxy.races.length - 1}`
  )
}

const requireOrders = (race: number, list: unknown): void => {
  if (!Array.isArray(list)) return fault(`the orders of race ${race} must be an array`)
  for (const [position, order] of (list as ReadonlyArray<{ readonly op?: unknown } | null | undefined>).entries()) {
    const op = order?.op
    if (typeof op === "string" && Object.hasOwn(orderArguments, op)) continue
    fault(`order ${position} of race ${race} has the operation ${shown(op)}, which does not exist`)
  }
}

/** Throws an `Error` that says what is wrong, if anything is. */
export const requirePlayable = (before: Galaxy, decisions: Decisions): void => {
  if (before.finished) fault(`the game ended with turn ${before.turn}`)
  if (!has(decisions, [])) fault("the decisions must be an object with orders and banished")
  const { orders, banished } = decisions
  if (!has(orders, ["get", "entries"])) fault("the orders of the decisions must be a map by race index")
  if (!has(banished, ["has", "keys"])) fault("banished must be a set of race indices")
  for (const [race, list] of orders.entries()) {
    requireIndex(before, race, "the map of orders")
    requireOrders(race, list)
  }
  for (const race of banished.keys()) requireIndex(before, race, "the set banished")
}
