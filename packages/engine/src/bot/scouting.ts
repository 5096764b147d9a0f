/** One scout to each planet that nobody of ours has seen, nearest first; it stays there and looks on. */
import { scout } from "./designs.ts"
import { bind, isBound, nearest, reaches, say, type Spot, type View } from "./View.ts"

/** Scouts are sent in a few turns, not all at once. */
const mostAtOnce = 20

export const explore = (view: View): void => {
  const wanted = new Map<number, Spot>()
  for (const planet of view.report.unknown_planets) {
    if (!isBound(view, scout.name, planet.number) && reaches(view, planet)) wanted.set(planet.number, planet)
  }
  let sent = 0
  for (const group of view.idle) {
    const from = view.spots.get(group.destination)
    if (group.class !== scout.name || from === undefined) continue
    // The last of a group stays where it is the only eye.
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
