/** One scout for each planet that the race doesn't see, nearest first; it stays there and watches. */
import { scout } from "./designs.ts"
import { bind, isBound, nearest, reaches, say, type Spot, type View } from "./View.ts"

/** Most scouts sent in one turn. */
const mostAtOnce = 20

/** Sends idle scouts to unknown planets in the flight zone, one to each. */
export const explore = (view: View): void => {
  const wanted = new Map<number, Spot>()
  for (const planet of view.report.unknown_planets) {
    if (!isBound(view, scout.name, planet.number) && reaches(view, planet)) wanted.set(planet.number, planet)
  }
  let sent = 0
  for (const group of view.idle) {
    const from = view.spots.get(group.destination)
    if (group.class !== scout.name || from === undefined) continue
    // Away from own planets the last scout of a group stays: nobody else may be watching there.
    const stays = view.own.has(from.number) ? 0 : 1
    for (let ships = group.ships; ships > stays && wanted.size > 0 && sent < mostAtOnce; ships--) {
      const target = nearest(view, from, wanted.values())
      if (target === undefined) return
      wanted.delete(target.number)
      bind(view, scout.name, target.number)
      say(view, { op: "send", group: group.number, planet: target.number, ships: 1 })
      sent += 1
    }
  }
}

/** Whether a scout is missing for some planet in reach. */
export const needsScouts = (view: View): boolean =>
  view.report.unknown_planets.some((it) => !isBound(view, scout.name, it.number) && reaches(view, it))
