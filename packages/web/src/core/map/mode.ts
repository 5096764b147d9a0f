/** What a tap on the map means at the moment, and the orders that it makes. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { turnsFor } from "../report/turnsFor.ts"
import { inZone, type Zone } from "./reach.ts"
import type { RouteGoods, Scene, Spot } from "./scene.ts"
import { apart, type Coordinates } from "./space.ts"

/** Ships of one group, as orders name them, or a whole fleet; `ships` 0 means all of the group. */
export type Chosen = { readonly group: number; readonly ships: number } | { readonly fleet: string }

/** What a tap does: choose, name the end of a flight or of a route, or measure. */
export type Mode =
  | { readonly _tag: "choose" }
  | {
      readonly _tag: "send"
      readonly from: number
      readonly chosen: ReadonlyArray<Chosen>
      /** Light years a turn of the slowest. */
      readonly speed: number
    }
  | { readonly _tag: "route"; readonly from: number; readonly goods: RouteGoods; readonly speed: number | undefined }
  | { readonly _tag: "measure"; readonly from: Coordinates | undefined }

/** The mode in which taps choose planets. */
export const choosing: Mode = { _tag: "choose" }

/** What a planet would be as the end of what is being ordered. */
export interface Target {
  readonly spot: Spot
  /** Light years. */
  readonly distance: number
  readonly turns: number | undefined
  /** Why it can't be: it is where they start, or lies outside of the flight zone. */
  readonly refused: "here" | "outside" | undefined
}

/** How a planet would do as the end of a mode; undefined in modes that have none. */
export const targetOf = (
  scene: Scene,
  ruleset: Ruleset,
  zone: Zone,
  mode: Mode,
  number: number | undefined
): Target | undefined => {
  if (mode._tag !== "send" && mode._tag !== "route") return undefined
  const spot = number === undefined ? undefined : scene.byNumber.get(number)
  const from = scene.byNumber.get(mode.from)
  if (spot === undefined || from === undefined) return undefined
  const distance = apart(scene.space, from, spot)
  const factor = ruleset.flightZoneFactor ?? undefined
  const refused = spot === from ? "here" : inZone(scene.space, zone, spot, factor) ? undefined : "outside"
  return { spot, distance, turns: turnsFor(ruleset, distance, mode.speed ?? 0), refused }
}

/** The orders that naming this planet as the end makes. */
export const ordersTo = (mode: Mode, planet: number): ReadonlyArray<Order> => {
  switch (mode._tag) {
    case "send":
      return mode.chosen.map((it) =>
        "fleet" in it
          ? { op: "send", fleet: it.fleet, planet }
          : { op: "send", group: it.group, planet, ...(it.ships > 0 ? { ships: it.ships } : {}) }
      )
    case "route":
      return [{ op: "route", planet: mode.from, goods: mode.goods, to: planet }]
    case "choose":
    case "measure":
      return []
  }
}

/**
 * The draft's orders with new ones at the end. An order that sends the same ships as a new one does goes: they fly to
 * one place.
 */
export const withOrders = (before: ReadonlyArray<Order>, added: ReadonlyArray<Order>): ReadonlyArray<Order> => {
  const isReplaced = (order: Order): boolean =>
    order.op === "send" &&
    (order.ships ?? 0) === 0 &&
    added.some(
      (it) =>
        it.op === "send" &&
        (it.ships ?? 0) === 0 &&
        it.group === order.group &&
        (order.group !== undefined || it.fleet?.toLowerCase() === order.fleet?.toLowerCase())
    )
  return [...before.filter((order) => !isReplaced(order)), ...added]
}
