/** Routes carry colonists from full planets to young ones, and bring the empty ships back. */
import type { CargoRoutes, OwnPlanet } from "@galaxy/contract/engine/Report"
import { apart, nearest, say, type View } from "./View.ts"

/** A planet with less room for people gets no more of them by route. */
const leastRoom = 40
/** People that one unit of colonists becomes (rules, section 9). */
const people = 8

/** Own planets that freeze colonists because they are full. */
const isFull = (planet: OwnPlanet): boolean => planet.population >= 0.98 * planet.size

/** Room for people on young planets, less those who are on their way, by planet. */
const rooms = (view: View): ReadonlyMap<number, number> => {
  const coming = new Map<number, number>()
  for (const it of view.report.my_groups) {
    if (it.goods === "COL") coming.set(it.destination, (coming.get(it.destination) ?? 0) + people * it.load * it.ships)
  }
  return new Map(
    view.report.my_planets.flatMap((it) => {
      const room = it.size - it.population - (coming.get(it.number) ?? 0)
      return room >= leastRoom ? [[it.number, room] as const] : []
    })
  )
}

const direct = (view: View, from: OwnPlanet, goods: "COL" | "EMP", now: number | undefined, to: number | undefined) => {
  if (now !== to) say(view, { op: "route", planet: from.number, goods, ...(to === undefined ? {} : { to }) })
}

/** The young planet that is worth most to colonists from a full one; the present one while it has room. */
const youngFor = (view: View, from: OwnPlanet, room: ReadonlyMap<number, number>, now: number | undefined) => {
  if (now !== undefined && room.has(now)) return now
  let best: number | undefined
  let most = 0
  for (const [number, people] of room) {
    const to = view.own.get(number)
    const worth = to === undefined ? 0 : Math.min(people, 500) / (10 + apart(view, from, to))
    if (worth > most) {
      most = worth
      best = number
    }
  }
  return best
}

/** Orders the routes that should change: at most one order for each own planet and kind. */
export const layRoutes = (view: View): void => {
  const present = new Map<number, CargoRoutes>(view.report.routes.map((it) => [it.planet, it]))
  const room = rooms(view)
  const full = view.report.my_planets.filter(isFull)
  for (const planet of view.report.my_planets) {
    const now = present.get(planet.number)
    const isSource = isFull(planet)
    const young = isSource ? youngFor(view, planet, room, now?.colonists) : undefined
    direct(view, planet, "COL", now?.colonists, young)
    // A route stays while it leads to a full planet.
    const back = now?.empty !== undefined && full.some((it) => it.number === now.empty) ? now.empty : undefined
    direct(view, planet, "EMP", now?.empty, isSource ? undefined : (back ?? nearest(view, planet, full)?.number))
  }
}
