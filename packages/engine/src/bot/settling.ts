/** Colonists are carried to free planets that have been seen, the most worthwhile for their distance first. */
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import { holdOf } from "../formulas/ships.ts"
import { plus } from "../rules/Ruleset.ts"
import { settler } from "./designs.ts"
import { apart, bind, isBound, type Known, nearest, say, type Spot, type View } from "./View.ts"

/** Smaller planets aren't worth a ship. */
const leastSize = 20
/** Fewer colonists aren't worth a journey. */
const leastLoad = 1

/** Free planets in reach, large enough and without armed strangers, that no settler stands at or is bound for. */
export const freePlanets = (view: View): ReadonlyArray<Known> =>
  [...view.known.values()].filter(
    ({ number, owner, size, armed }) =>
      owner === undefined &&
      size >= leastSize &&
      armed === 0 &&
      view.zone.has(number) &&
      !isBound(view, settler.name, number)
  )

/** Worth of a planet to settlers from a place: it grows with size and resources and falls with the distance. */
const worth = (view: View, from: Spot, planet: Known): number =>
  (Math.min(planet.size, 1000) * (0.5 + Math.min(planet.resources, 10) / 10)) / (10 + apart(view, from, planet))

const best = (view: View, from: Spot, free: ReadonlyArray<Known>): Known | undefined => {
  let found: Known | undefined
  let most = 0
  for (const planet of free) {
    const its = isBound(view, settler.name, planet.number) ? 0 : worth(view, from, planet)
    if (its > most) {
      most = its
      found = planet
    }
  }
  return found
}

/** A group with colonists lands them where it may, or goes where it can. */
const land = (view: View, group: OwnGroup, at: Spot, free: ReadonlyArray<Known>): void => {
  const here = view.report.uninhabited_planets.find((it) => it.number === at.number)
  const own = view.own.get(at.number)
  if ((here !== undefined && here.size > 0) || (own !== undefined && own.population < own.size)) {
    say(view, { op: "unload", group: group.number })
    return
  }
  const roomy = view.report.my_planets.filter((it) => it.population < 0.9 * it.size)
  const target = best(view, at, free) ?? nearest(view, at, roomy) ?? nearest(view, at, view.report.my_planets)
  if (target === undefined || target.number === at.number || !view.zone.has(target.number)) return
  bind(view, settler.name, target.number)
  say(view, { op: "send", group: group.number, planet: target.number })
}

/** An empty group at an own planet takes colonists aboard ship by ship, each for a different planet. */
const load = (view: View, group: OwnGroup, at: Spot, free: ReadonlyArray<Known>): void => {
  const hold = holdOf(plus, settler, { cargo: group.cargo })
  for (let ships = group.ships; ships > 0; ships--) {
    const stock = view.colonists.get(at.number) ?? 0
    const target = stock > leastLoad ? best(view, at, free) : undefined
    if (target === undefined) return
    view.colonists.set(at.number, Math.max(0, stock - hold - 0.01))
    bind(view, settler.name, target.number)
    say(view, { op: "load", group: group.number, goods: "COL", ships: 1 })
    // A ship that was split off is the newest group; the last one of the group keeps its number.
    say(view, { op: "send", group: ships > 1 ? 0 : group.number, planet: target.number })
  }
}

/** An empty group abroad goes to fetch colonists. */
const fetch = (view: View, group: OwnGroup, at: Spot): void => {
  const stocked = view.report.my_planets.filter((it) => (view.colonists.get(it.number) ?? 0) > leastLoad)
  const target = nearest(view, at, stocked.length > 0 ? stocked : view.report.my_planets)
  if (target !== undefined && target.number !== at.number) {
    say(view, { op: "send", group: group.number, planet: target.number })
  }
}

/** Gives idle settlers their orders: land colonists, load some, or go where there are some. Routes take the rest. */
export const settle = (view: View): void => {
  const free = freePlanets(view)
  for (const group of view.idle) {
    const at = view.spots.get(group.destination)
    if (group.class !== settler.name || at === undefined) continue
    if (group.goods === "COL") land(view, group, at, free)
    else if ((view.colonists.get(at.number) ?? 0) > leastLoad) load(view, group, at, free)
    else if (!view.own.has(at.number) || free.length > 0) fetch(view, group, at)
  }
}
