/**
 * A person's first game, as a script: three ship classes, colonists to what the scouts find, and all warships together
 * to the nearest enemy planet in sight. No routes, upgrades, diplomacy or memory.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import type { Contender, Seat } from "@galaxy/engine/simulate/Seat"
import { distance } from "@galaxy/engine/space/distance"
import { classOf } from "./games.ts"

const scout = classOf("Scout", "1 0 0 0 0")
const hauler = classOf("Hauler", "10 0 0 0 5")
const fighter = classOf("Fighter", "15 1 15 15 0")

interface Place {
  readonly number: number
  readonly x: number
  readonly y: number
}

export const beginnerOrders = (report: Report): ReadonlyArray<Order> => {
  const { turn, size } = report.summary
  const orders: Array<Order> = []
  const mine = report.my_planets.toSorted((a, b) => b.free_points - a.free_points || a.number - b.number)
  const [home] = mine
  if (home === undefined) return [{ op: "merge_groups" }]
  if (turn === 0) for (const it of [scout, hauler, fighter]) orders.push({ op: "design_class", ...it })

  const products = turn === 0 ? ["Scout"] : turn < 4 ? ["Hauler", "DRIVE"] : ["Fighter", "WEAPONS", "SHIELDS"]
  for (const [rank, planet] of mine.entries()) {
    const product = planet.industry < 0.9 * planet.population ? "CAP" : (products[rank] ?? "Fighter")
    if (product !== planet.production) orders.push({ op: "produce", planet: planet.number, product })
  }

  const zone = 40 * (report.players.find((it) => it.name === report.race)!.drive - 0.01)
  const way = (from: Place, to: Place) => distance("torus", size, from, to)
  const inReach = (place: Place) => mine.some((it) => way(it, place) <= zone)
  const nearest = <A extends Place>(from: Place, places: ReadonlyArray<A>): A | undefined =>
    places.filter(inReach).toSorted((a, b) => way(from, a) - way(from, b))[0]
  const places = new Map<number, Place>(
    [...mine, ...report.foreign_planets, ...report.uninhabited_planets, ...report.unknown_planets].map((it) => [
      it.number,
      it
    ])
  )
  const aimed = new Set(report.my_groups.map((it) => `${it.class} ${it.destination}`))
  const unaimed = <A extends Place>(name: string, list: ReadonlyArray<A>) =>
    list.filter((it) => !aimed.has(`${name} ${it.number}`))
  const go = (group: Report["my_groups"][number], to: Place | undefined, ships: number) => {
    if (to === undefined || to.number === group.destination) return
    aimed.add(`${group.class} ${to.number}`)
    orders.push({ op: "send", group: group.number, planet: to.number, ships })
  }

  for (const group of report.my_groups) {
    const at = places.get(group.destination)
    if (group.origin !== undefined || at === undefined) continue
    const own = report.my_planets.find((it) => it.number === at.number)
    if (group.class === "Scout") {
      for (let ships = group.ships; ships > (own === undefined ? 1 : 0); ships--)
        go(group, nearest(at, unaimed("Scout", report.unknown_planets)), 1)
    } else if (group.class === "Hauler") {
      const free = report.uninhabited_planets.filter((it) => it.size > 0)
      if (group.goods === "COL") {
        if (free.some((it) => it.number === at.number)) orders.push({ op: "unload", group: group.number })
        else go(group, nearest(at, unaimed("Hauler", free)) ?? home, 0)
      } else if (own === undefined) go(group, home, 0)
      else if (own.colonists > 4) {
        const target = nearest(at, unaimed("Hauler", free))
        if (target === undefined) continue
        orders.push({ op: "load", group: group.number, goods: "COL", ships: 1 })
        aimed.add(`Hauler ${target.number}`)
        orders.push({ op: "send", group: group.ships > 1 ? 0 : group.number, planet: target.number })
      }
    } else if (!report.foreign_planets.some((it) => it.number === at.number)) {
      const enough = report.my_groups.reduce(
        (sum, it) => sum + (it.class === "Fighter" && it.destination === at.number ? it.ships : 0),
        0
      )
      const target = enough >= 12 || own === undefined ? nearest(at, report.foreign_planets) : undefined
      go(group, target ?? home, 0)
    }
  }
  return orders.length > 0 ? orders : [{ op: "merge_groups" }]
}

const seat: Seat = { temperament: "builder", play: (report) => ({ orders: beginnerOrders(report), next: seat }) }

/** The beginner as a player of simulated games. */
export const beginner: Contender = { name: "beginner", seat: () => seat }
