/**
 * A report prepared for a bot: things by number, and what this turn's orders have already committed.
 *
 * It is built from the report alone: what a player can't see, its bot can't see either.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup, OwnPlanet, PlayerStatus, Report } from "@galaxy/contract/engine/Report"
import { maxOrders } from "@galaxy/contract/engine/Limits"
import { plus } from "../rules/Ruleset.ts"
import { distance, type Coordinates } from "../space/distance.ts"
import type { Style } from "./style.ts"

/** Number and position of a planet, which are known for every planet. */
export interface Spot extends Coordinates {
  readonly number: number
}

/** What the parts of a bot share while they write one turn's orders. They update `bound`, `colonists` and `orders`. */
export interface View {
  readonly report: Report
  readonly style: Style
  /** The bot's own line of the player status. */
  readonly me: PlayerStatus
  /** All planets, by number. */
  readonly spots: ReadonlyMap<number, Spot>
  /** Own planets, by number. */
  readonly own: ReadonlyMap<number, OwnPlanet>
  /** Own groups that stand at a planet, outside of fleets. */
  readonly idle: ReadonlyArray<OwnGroup>
  /** Planets where ships stand or are bound for, this turn's orders included, by name of the ship class. */
  readonly bound: Map<string, Set<number>>
  /** Colonists left to load this turn, by number of the own planet. */
  readonly colonists: Map<number, number>
  readonly orders: Array<Order>
}

/** Adds an order; one beyond `maxOrders` is dropped. */
export const say = (view: View, order: Order): void => {
  if (view.orders.length < maxOrders) view.orders.push(order)
}

/** Distance in light years on a map with joined edges: bots play the ruleset `plus`. */
export const apart = (view: View, from: Coordinates, to: Coordinates): number =>
  distance("torus", view.report.summary.size, from, to)

/** Whether a place lies in the race's flight zone, so that ships may be sent there. */
export const reaches = (view: View, to: Coordinates): boolean => {
  // Reports round levels, so a place that might be a hair too far isn't tried.
  const zone = (plus.flightZoneFactor ?? Number.POSITIVE_INFINITY) * (view.me.drive - 0.006)
  return view.report.my_planets.some((planet) => apart(view, planet, to) <= zone)
}

/** The nearest of some places, the first among equals; undefined when there are none. */
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

/** Whether a ship of the class stands at the planet or is bound for it. */
export const isBound = (view: View, shipClass: string, number: number): boolean =>
  view.bound.get(shipClass)?.has(number) === true

/** Notes for `isBound` that a ship of the class stands at the planet or is bound for it. */
export const bind = (view: View, shipClass: string, number: number): void => {
  const known = view.bound.get(shipClass)
  if (known === undefined) view.bound.set(shipClass, new Set([number]))
  else known.add(number)
}

/** Prepares a report; undefined when its race has left or the game is over. */
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
