/** One scout for each planet that the race hasn't seen lately, nearest first; it stays there and watches. */
import { scout } from "./designs.ts"
import { bind, isBound, nearest, say, type Spot, type View } from "./View.ts"

/** Most scouts sent in one turn. */
const mostAtOnce = 20
/** What was seen within so many turns needs no new look. */
const fresh = 15

/** Planets in reach that were never seen, or not for a while, and to which no scout is on its way. */
const unseen = (view: View): ReadonlyArray<Spot> =>
  view.report.unknown_planets.filter(({ number }) => {
    const seen = view.known.get(number)
    return (
      view.zone.has(number) &&
      !isBound(view, scout.name, number) &&
      (seen === undefined || view.turn - seen.turn >= fresh)
    )
  })

/** Sends idle scouts to planets that the race hasn't seen lately, one to each. */
export const explore = (view: View): void => {
  const wanted = new Map(unseen(view).map((it) => [it.number, it]))
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
export const needsScouts = (view: View): boolean => unseen(view).length > 0
