/** What each planet makes: young ones industry, grown ones ships and research. */
import type { OwnPlanet } from "@galaxy/contract/engine/Report"
import type { ShipClass } from "../state/Galaxy.ts"
import { scienceName, scout, settler } from "./designs.ts"
import { needsScouts } from "./scouting.ts"
import { freePlanets } from "./settling.ts"
import { say, type View } from "./View.ts"

/** A planet whose industry is below this share of its population makes capital. */
const grown = 0.9

/** How many ships of a class the race has. */
const shipsOf = (view: View, { name }: ShipClass): number =>
  view.report.my_groups.reduce((sum, it) => sum + (it.class === name ? it.ships : 0), 0)

/**
 * Orders the product of every planet where it should change. The best grown planets build warships, as many as the
 * style's `armsShare` says, and the others do research; scouts and settlers come first while they are needed.
 */
export const produce = (view: View): void => {
  const { report, style } = view
  const ripe = report.my_planets.filter((it) => it.industry >= grown * it.population && it.free_points >= 50)
  const byPoints = ripe.toSorted((a, b) => b.free_points - a.free_points || a.number - b.number)
  const wishes = new Map<number, string>()
  for (const planet of report.my_planets) wishes.set(planet.number, "CAP")
  const arms = Math.ceil(byPoints.length * style.armsShare)
  for (const [rank, planet] of byPoints.entries()) {
    wishes.set(planet.number, rank < arms ? style.warship.name : scienceName)
  }
  // What opens the map comes first: the weakest grown planet builds scouts, the strongest builds settlers.
  const last = byPoints.at(-1)
  if (last !== undefined && needsScouts(view) && shipsOf(view, scout) < report.summary.planets)
    wishes.set(last.number, scout.name)
  const [first] = byPoints
  const room = freePlanets(view).length
  if (first !== undefined && room > 0 && shipsOf(view, settler) < Math.min(30, 2 * room))
    wishes.set(first.number, settler.name)
  const isNew = (planet: OwnPlanet): boolean => wishes.get(planet.number) !== planet.production
  for (const planet of report.my_planets) {
    if (isNew(planet)) say(view, { op: "produce", planet: planet.number, product: wishes.get(planet.number) ?? "CAP" })
  }
}
