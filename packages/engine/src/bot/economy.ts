/** What each planet makes: young ones industry, grown ones ships and research. */
import type { OwnPlanet } from "@galaxy/contract/engine/Report"
import type { ShipClass } from "../state/Galaxy.ts"
import { scienceName, scout, settler } from "./designs.ts"
import { needsScouts } from "./scouting.ts"
import { freePlanets } from "./settling.ts"
import { say, type View } from "./View.ts"

/** A planet whose industry is below this share of its population makes capital. */
const grown = 0.9
/** Points below which a planet doesn't build ships or do research. */
const leastPoints = 50
/** Resources below which mining would cost a planet too much to build ships. */
const leastResources = 0.5
/** A planet that builds warships goes on unless another has so many times its points. */
const steadiness = 2
/** A planet counts towards a share if at least this part of its points is still missing. */
const leastFit = 0.75
/** Settlers for the first turns. */
const early = 6
/** So many turns before it attacks, a bot arms. Before that half as many planets build warships. */
const armsLead = 8

/** How many ships of a class the race has. */
const shipsOf = (view: View, { name }: ShipClass): number =>
  view.report.my_groups.reduce((sum, it) => sum + (it.class === name ? it.ships : 0), 0)

/** How things stand with others. */
export interface Situation {
  readonly isAtWar: boolean
  /** Enemies are at own planets or on their way there. */
  readonly isInDanger: boolean
}

/** Share of the points of grown planets that goes into warships. */
const armsOf = ({ style, turn }: View, { isAtWar, isInDanger }: Situation): number => {
  const isEarly = !isAtWar && turn < style.skill.attacksFrom - armsLead
  const share = style.armsShare * (isEarly ? 0.4 : isAtWar ? 1.3 : 1)
  return isInDanger ? Math.max(share, style.skill.armsInDanger) : share
}

/** The first planets that together have a share of all points, or a little more. */
const withShare = (planets: ReadonlyArray<OwnPlanet>, share: number): ReadonlyArray<OwnPlanet> => {
  let missing = share * planets.reduce((sum, it) => sum + it.free_points, 0)
  return planets.filter((it) => {
    const fits = it.free_points * leastFit <= missing
    if (fits) missing -= it.free_points
    return fits
  })
}

/** How many settlers there should be: enough for the colonists in stock and the places that wait for them. */
const settlersWanted = (view: View, room: number): number => {
  const { report } = view
  const stock = report.my_planets.reduce((sum, it) => sum + it.colonists, 0)
  const young = report.my_planets.filter((it) => it.population < 0.8 * it.size).length
  // The first free planets are found while the first settlers are built.
  const places = view.turn < 3 ? early : 2 * room + 2 * young
  const load = view.turn < 3 ? early : Math.ceil(stock / 4)
  return Math.min(view.style.skill.settlers + report.my_planets.length, places, load)
}

/**
 * Orders the product of every planet where it should change. The best grown planets build warships, as far as `armsOf`
 * says, and the others do research, as far as the level's `researchShare` says. Scouts and settlers come first while
 * they are needed.
 */
export const produce = (view: View, situation: Situation): void => {
  const { report, style } = view
  const ripe = report.my_planets.filter((it) => it.industry >= grown * it.population && it.free_points >= leastPoints)
  // A planet that changes its product loses the ship it has begun, so those that build warships go on.
  const rank = (it: OwnPlanet): number => it.free_points * (it.production === style.warship.name ? steadiness : 1)
  const byPoints = ripe.toSorted((a, b) => rank(b) - rank(a) || a.number - b.number)
  const builders = byPoints.filter((it) => it.resources >= leastResources)
  const wishes = new Map<number, string>()
  for (const planet of report.my_planets) wishes.set(planet.number, "CAP")
  const armed = new Set(withShare(builders, armsOf(view, situation)))
  const others = byPoints.filter((it) => !armed.has(it))
  for (const planet of withShare(others, style.skill.researchShare)) wishes.set(planet.number, scienceName)
  for (const planet of armed) wishes.set(planet.number, style.warship.name)
  // What opens the map comes first: the weakest grown planet builds scouts, the strongest builds settlers.
  const last = builders.at(-1)
  if (last !== undefined && needsScouts(view) && shipsOf(view, scout) < report.summary.planets)
    wishes.set(last.number, scout.name)
  const first = builders.find((it) => !armed.has(it)) ?? builders[0]
  if (first !== undefined && shipsOf(view, settler) < settlersWanted(view, freePlanets(view).length))
    wishes.set(first.number, settler.name)
  const isNew = (planet: OwnPlanet): boolean => wishes.get(planet.number) !== planet.production
  for (const planet of report.my_planets) {
    if (isNew(planet)) say(view, { op: "produce", planet: planet.number, product: wishes.get(planet.number) ?? "CAP" })
  }
}
