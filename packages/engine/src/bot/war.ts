/** Warships gather, defend what is threatened, and strike where they are stronger. */
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import { grouped } from "../report/grouped.ts"
import { apart, nearest, reaches, say, type Spot, type View } from "./View.ts"

const isWarship = (view: View, group: OwnGroup): boolean => group.class === view.style.warship.name

/** Classes of others that carry guns, by race and name. */
const armedClasses = (view: View): ReadonlySet<string> =>
  new Set(view.report.foreign_classes.flatMap((it) => (it.armament > 0 ? [`${it.race} ${it.name}`] : [])))

const hostile = (view: View): ReadonlySet<string> =>
  new Set(view.report.players.flatMap((it) => (it.relation === "war" && !it.extinct ? [it.name] : [])))

/** Mass of armed enemy ships, by the planet where they were seen. */
const threats = (view: View): ReadonlyMap<number, number> => {
  const armed = armedClasses(view)
  const enemies = hostile(view)
  const mass = new Map<number, number>()
  for (const group of view.report.foreign_groups) {
    if (!enemies.has(group.race) || !armed.has(`${group.race} ${group.class}`)) continue
    mass.set(group.destination, (mass.get(group.destination) ?? 0) + group.ships * group.mass)
  }
  return mass
}

const massOf = (groups: ReadonlyArray<OwnGroup>): number => groups.reduce((sum, it) => sum + it.ships * it.mass, 0)

/** Idle warships, by the planet where they stand. */
const gathered = (view: View): ReadonlyMap<number, ReadonlyArray<OwnGroup>> =>
  grouped(
    view.idle.filter((it) => isWarship(view, it)),
    (it) => it.destination
  )

const sendAll = (view: View, groups: ReadonlyArray<OwnGroup>, planet: number): void => {
  for (const group of groups) say(view, { op: "send", group: group.number, planet })
}

/** Enemy planets in sight and in reach, with the mass of the armed ships seen there. */
const targets = (view: View, seen: ReadonlyMap<number, number>) => {
  const enemies = hostile(view)
  return view.report.foreign_planets.flatMap((planet) =>
    enemies.has(planet.owner) && reaches(view, planet)
      ? [{ number: planet.number, x: planet.x, y: planet.y, defence: seen.get(planet.number) ?? 0 }]
      : []
  )
}

/** Upgrades old ships at own planets where the difference is worth it; returns whether it did. */
const modernise = (view: View, group: OwnGroup): boolean => {
  const { me } = view
  const planet = view.own.get(group.destination)
  if (planet === undefined || planet.free_points < 100) return false
  const behind = me.weapons > group.weapons * 1.25 || me.shields > group.shields * 1.25
  if (behind) say(view, { op: "upgrade", group: group.number, block: "ALL" })
  return behind
}

/**
 * Orders idle warships, planet by planet, to do the first that fits: defend, keep bombing, upgrade, attack, or gather.
 */
export const fight = (view: View): void => {
  const seen = threats(view)
  const enemyPlanets = targets(view, seen)
  const threatened: ReadonlyArray<Spot> = view.report.my_planets.filter((it) => seen.has(it.number))
  for (const [number, groups] of gathered(view)) {
    const at = view.spots.get(number)
    if (at === undefined) continue
    const force = massOf(groups)
    // A planet under attack keeps its defenders and calls in forces that are near and strong enough.
    if (seen.has(number) && view.own.has(number)) continue
    const call = nearest(view, at, threatened)
    if (call !== undefined && apart(view, at, call) < 40 && force > (seen.get(call.number) ?? 0) * 0.8) {
      sendAll(view, groups, call.number)
      continue
    }
    // A force stays while there are people left to bomb.
    if (enemyPlanets.some((it) => it.number === number) && force > (seen.get(number) ?? 0)) continue
    // One group per turn and planet: upgrades use up points that production needs.
    if (groups.some((it) => modernise(view, it))) continue
    const ships = groups.reduce((sum, it) => sum + it.ships, 0)
    const weak = enemyPlanets.filter((it) => force > it.defence * 1.3)
    const target = ships >= view.style.strike ? nearest(view, at, weak) : undefined
    if (target !== undefined) sendAll(view, groups, target.number)
    else if (!view.own.has(number)) {
      const home = nearest(view, at, view.report.my_planets)
      if (home !== undefined) sendAll(view, groups, home.number)
    } else {
      // Small forces gather at the planet with the most people.
      const [capital] = view.report.my_planets.toSorted((a, b) => b.population - a.population)
      if (capital !== undefined && capital.number !== number && ships < view.style.strike) {
        sendAll(view, groups, capital.number)
      }
    }
  }
}
