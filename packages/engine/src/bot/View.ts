/**
 * A report as its bot works with it: found by number, with what this turn's orders have already spoken for.
 *
 * Nothing but the report goes in: what a player can't see, its bot can't.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup, OwnPlanet, PlayerStatus, Report } from "@galaxy/contract/engine/Report"
import { maxOrders } from "@galaxy/contract/engine/Limits"
import { plus } from "../rules/Ruleset.ts"
import { distance, type Coordinates } from "../space/distance.ts"
import type { Style } from "./style.ts"

/** A planet by what is known of it. */
export interface Spot extends Coordinates {
  readonly number: number
}

export interface View {
  readonly report: Report
  readonly style: Style
  readonly me: PlayerStatus
  readonly spots: ReadonlyMap<number, Spot>
  /** Own planets, by number. */
  readonly own: ReadonlyMap<number, OwnPlanet>
  /** Own groups that stand at a planet, outside of fleets. */
  readonly idle: ReadonlyArray<OwnGroup>
  /** Planets that ships are on their way to, this turn's included, by the class of the ships. */
  readonly bound: Map<string, Set<number>>
  /** Colonists that are left to load. */
  readonly colonists: Map<number, number>
  readonly orders: Array<Order>
}

/** Adds an order, unless there are too many. */
export const say = (view: View, order: Order): void => {
  if (view.orders.length < maxOrders) view.orders.push(order)
}

export const apart = (view: View, from: Coordinates, to: Coordinates): number =>
  distance("torus", view.report.summary.size, from, to)

/** Whether ships may be sent there. */
export const reaches = (view: View, to: Coordinates): boolean => {
  // Levels are rounded in reports: what might be a hair too far isn't tried.
  const zone = (plus.flightZoneFactor ?? Number.POSITIVE_INFINITY) * (view.me.drive - 0.006)
  return view.report.my_planets.some((planet) => apart(view, planet, to) <= zone)
}

/** The nearest of some places; undefined of none. */
export const nearest = <A extends Coordinates>(view: View, from: Coordinates, places: Iterable<A>): A | undefined => {
  let best: A | undefined
  let least = Number.POSITIVE_INFINITY
  for (const place of places) {
    const way = apart(view, from, place)
    if (way < least) {
      least = way
      best = place
    }
  }
  return best
}

export const isBound = (view: View, shipClass: string, number: number): boolean =>
  view.bound.get(shipClass)?.has(number) === true

export const bind = (view: View, shipClass: string, number: number): void => {
  const known = view.bound.get(shipClass)
  if (known === undefined) view.bound.set(shipClass, new Set([number]))
  else known.add(number)
}

export const viewOf = (report: Report, style: Style): View | undefined => {
  const me = report.players.find((it) => it.name === report.race)
  if (me === undefined || me.extinct || report.finished) return undefined
  const known = [
    ...report.my_planets,
    ...report.foreign_planets,
    ...report.uninhabited_planets,
    ...report.unknown_planets
  ]
  const view: View = {
    report,
    style,
    me,
    spots: new Map(known.map(({ number, x, y }) => [number, { number, x, y }])),
    own: new Map(report.my_planets.map((planet) => [planet.number, planet])),
    idle: report.my_groups.filter((it) => it.origin === undefined && it.fleet === undefined),
    bound: new Map(),
    colonists: new Map(report.my_planets.map((planet) => [planet.number, planet.colonists])),
    orders: []
  }
  for (const group of report.my_groups) bind(view, group.class, group.destination)
  return view
}
