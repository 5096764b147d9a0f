/**
 * A report prepared for a bot: things by number, and what this turn's orders have already committed.
 *
 * It is built from the report and the bot's memory of earlier ones: what a player can't see, its bot can't see either.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup, OwnPlanet, PlayerStatus, Report } from "@galaxy/contract/engine/Report"
import { maxOrders } from "@galaxy/contract/engine/Limits"
import { plus } from "../rules/Ruleset.ts"
import { distance, type Coordinates } from "../space/distance.ts"
import { armedMass } from "./force.ts"
import type { Memory } from "./Memory.ts"
import { positionsOf } from "./remember.ts"
import type { Style } from "./style.ts"

/** Number and position of a planet, which are known for every planet. */
export interface Spot extends Coordinates {
  readonly number: number
}

/** A planet of others or of nobody, as it was last seen. */
export interface Known extends Spot {
  /** The turn in which it was last seen. */
  readonly turn: number
  readonly size: number
  readonly resources: number
  /** Name of the owner; undefined when it has none. */
  readonly owner: string | undefined
  /** Mass of foreign armed ships there. */
  readonly armed: number
}

/** What the parts of a bot share while they write one turn's orders. They update `bound`, `colonists` and `orders`. */
export interface View {
  readonly report: Report
  readonly style: Style
  readonly memory: Memory
  /** The number of the report's turn. */
  readonly turn: number
  /** The bot's own line of the player status. */
  readonly me: PlayerStatus
  /** The other races still in the game. */
  readonly others: ReadonlyArray<PlayerStatus>
  /** Position of each race in the list of players, by name. */
  readonly positions: ReadonlyMap<string, number>
  /** All planets, by number. */
  readonly spots: ReadonlyMap<number, Spot>
  /** Own planets, by number. */
  readonly own: ReadonlyMap<number, OwnPlanet>
  /** Planets of others or of nobody, seen now or earlier, by number. */
  readonly known: ReadonlyMap<number, Known>
  /** Planets in the race's flight zone, to which ships may be sent. */
  readonly zone: ReadonlySet<number>
  /** Mass of foreign armed ships seen now, by planet. */
  readonly armed: ReadonlyMap<number, number>
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
export const apart = (view: Pick<View, "report">, from: Coordinates, to: Coordinates): number =>
  distance("torus", view.report.summary.size, from, to)

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
export const bind = (view: Pick<View, "bound">, shipClass: string, number: number): void => {
  const known = view.bound.get(shipClass)
  if (known === undefined) view.bound.set(shipClass, new Set([number]))
  else known.add(number)
}

/**
 * Planets within reach of the race's own. In a large game this looks at very many pairs, so it measures them itself
 * instead of calling `apart` for each.
 */
const zoneOf = (report: Report, me: PlayerStatus, spots: Iterable<Spot>): ReadonlySet<number> => {
  // Reports round levels, so a place that might be a hair too far isn't tried.
  const radius = (plus.flightZoneFactor ?? Number.POSITIVE_INFINITY) * (me.drive - 0.006)
  const { size } = report.summary
  const along = (a: number, b: number): number => {
    const straight = Math.abs(a - b)
    return Math.min(straight, size - straight)
  }
  const zone = new Set<number>()
  for (const { number, x, y } of spots) {
    for (const from of report.my_planets) {
      const dx = along(from.x, x)
      if (dx > radius) continue
      const dy = along(from.y, y)
      if (dx * dx + dy * dy > radius * radius) continue
      zone.add(number)
      break
    }
  }
  return zone
}

const knownPlanets = (report: Report, memory: Memory, spots: ReadonlyMap<number, Spot>): ReadonlyMap<number, Known> =>
  new Map(
    memory.planets.flatMap(([number, turn, size, resources, owner, armed]) => {
      const spot = spots.get(number)
      return spot === undefined
        ? []
        : [
            [
              number,
              { ...spot, turn, size, resources, armed, owner: owner === null ? undefined : report.players[owner]?.name }
            ] as const
          ]
    })
  )

/**
 * Prepares a report, which `memory` must already include; undefined when its race has left or the game is over.
 */
export const viewOf = (report: Report, memory: Memory, style: Style): View | undefined => {
  const me = report.players.find((it) => it.name === report.race)
  if (me === undefined || me.extinct || report.finished) return undefined
  const all = [
    ...report.my_planets,
    ...report.foreign_planets,
    ...report.uninhabited_planets,
    ...report.unknown_planets
  ]
  const spots = new Map(all.map(({ number, x, y }) => [number, { number, x, y }]))
  const bound = new Map<string, Set<number>>()
  for (const group of report.my_groups) bind({ bound }, group.class, group.destination)
  return {
    report,
    style,
    memory,
    turn: report.summary.turn,
    me,
    others: report.players.filter((it) => it !== me && !it.extinct),
    positions: positionsOf(report.players),
    spots,
    own: new Map(report.my_planets.map((planet) => [planet.number, planet])),
    known: knownPlanets(report, memory, spots),
    zone: zoneOf(report, me, spots.values()),
    armed: armedMass(report),
    idle: report.my_groups.filter((it) => it.origin === undefined && it.fleet === undefined),
    bound,
    colonists: new Map(report.my_planets.map((planet) => [planet.number, planet.colonists])),
    orders: []
  }
}
