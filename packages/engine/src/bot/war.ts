/** Warships defend what is threatened, gather near the target, and strike where they are likely to win. */
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import { grouped } from "../report/grouped.ts"
import { planetsOf } from "./aims.ts"
import { armedGroups, type Force, forceOf, groupForce, joined, leftOf } from "./force.ts"
import { bombingPower } from "../formulas/ships.ts"
import type { Style } from "./style.ts"
import { apart, nearest, say, type Spot, type View } from "./View.ts"

/** Light years from which a force answers a planet's call. */
const callRange = 40
/** Approaching groups of less mass aren't taken for an attack. */
const leastAttack = 20
/** In so many turns the ships that are sent should be able to bomb a planet empty. */
const bombingTurns = 3
/** As many ships are sent as seem to be enough, times this. */
const reserve = 1.3
/** Points that a planet must have left for an upgrade. */
const leastPoints = 100
/** Ships are brought up to the present technology when they are behind by this factor. */
const outdated = 1.25

/** What the parts of one turn's war share. */
interface War {
  readonly view: View
  readonly enemies: ReadonlySet<string>
  /** Enemy forces by planet: those in sight, and those on the way to own planets. */
  readonly threats: ReadonlyMap<number, Force>
}

/** Highest technologies of the enemies: whose ships are coming isn't known. */
const feared = ({ others }: View, enemies: ReadonlySet<string>) => {
  const theirs = others.filter((it) => enemies.has(it.name))
  return {
    weapons: Math.max(1, ...theirs.map((it) => it.weapons)),
    shields: Math.max(1, ...theirs.map((it) => it.shields))
  }
}

const threatsTo = (view: View, enemies: ReadonlySet<string>): ReadonlyMap<number, Force> => {
  const forces = armedGroups(view.report).flatMap(({ group, design }) =>
    enemies.has(group.race) ? [{ at: group.destination, force: groupForce(group, design) }] : []
  )
  if (enemies.size > 0) {
    const techs = feared(view, enemies)
    for (const { destination, mass } of view.report.approaching_groups) {
      if (mass >= leastAttack) forces.push({ at: destination, force: forceOf(view.style.warship, techs, mass) })
    }
  }
  return new Map([...grouped(forces, (it) => it.at)].map(([at, all]) => [at, joined(all.map((it) => it.force))]))
}

/** Sends all ships of the groups, which may be fewer than the groups have. */
const sendAll = (view: View, groups: ReadonlyArray<OwnGroup>, planet: number): void => {
  for (const { number, destination, ships } of groups)
    if (destination !== planet) say(view, { op: "send", group: number, planet, ships })
}

/** Upgrades the first old group at an own planet where it is worth it; returns whether it did. */
const modernise = ({ me, own, style }: View, group: OwnGroup): boolean => {
  const planet = own.get(group.destination)
  if (!style.skill.upgrades || planet === undefined || planet.free_points < leastPoints) return false
  return me.weapons > group.weapons * outdated || me.shields > group.shields * outdated
}

interface Goal extends Spot {
  readonly size: number
  readonly defence: Force
  readonly worth: number
}

/** Enemy planets in reach with what defends them, as it was last seen. */
const goals = ({ view, enemies, threats }: War): ReadonlyArray<Goal> =>
  view.others
    .filter((it) => enemies.has(it.name))
    .flatMap((race) =>
      planetsOf(view, race.name).map(({ number, x, y, size, armed }) => ({
        number,
        x,
        y,
        size,
        worth: 100 + size,
        defence: threats.get(number) ?? forceOf(view.style.warship, race, armed)
      }))
    )

/** Goals by their worth for the distance from a place, the best first. */
const byWorth = (view: View, at: Spot, all: ReadonlyArray<Goal>): ReadonlyArray<Goal> => {
  const worth = (goal: Goal): number => goal.worth / (10 + apart(view, at, goal))
  return all.toSorted((a, b) => worth(b) - worth(a) || a.number - b.number)
}

/** How many of some ships a goal takes: enough to be likely to win, and to bomb it empty in a few turns. */
const shipsFor = (view: View, goal: Goal, { warship }: Style, one: Force, ships: number): number | undefined => {
  const { caution } = view.style.skill
  const isEnough = (count: number): boolean => leftOf({ ...one, mass: one.mass * count }, goal.defence) >= caution
  if (!isEnough(ships)) return undefined
  const bombing = Math.ceil(
    goal.size / (bombingTurns * bombingPower(warship, { weapons: one.attack / warship.weapons }))
  )
  let low = Math.max(1, Math.min(ships, bombing))
  for (let high = ships; low < high; ) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle + 1
  }
  // A little more than what just suffices: what was seen there may have grown.
  return Math.min(ships, Math.ceil(low * reserve))
}

/** Sends so many ships of the groups, and returns the groups that stay, with the ships that they keep. */
const sendSome = (view: View, groups: ReadonlyArray<OwnGroup>, ships: number, planet: number) => {
  let left = ships
  return groups.flatMap((group) => {
    const count = Math.min(left, group.ships)
    left -= count
    if (count > 0) say(view, { op: "send", group: group.number, planet, ships: count })
    return count === group.ships ? [] : [{ ...group, ships: group.ships - count }]
  })
}

/** The groups without so many of their ships, which stay where they are. */
const keepSome = (groups: ReadonlyArray<OwnGroup>, ships: number): ReadonlyArray<OwnGroup> => {
  let left = ships
  return groups.flatMap((group) => {
    const count = Math.min(left, group.ships)
    left -= count
    return count === group.ships ? [] : [{ ...group, ships: group.ships - count }]
  })
}

/** Sends the ships at a place to the best goals that they are likely to take; returns the groups that stay. */
const strike = (
  view: View,
  at: Spot,
  waiting: ReadonlyArray<OwnGroup>,
  all: ReadonlyArray<Goal>,
  taken: Set<number>
) => {
  let groups = waiting
  for (const goal of byWorth(view, at, all)) {
    if (groups.length === 0) break
    if (taken.has(goal.number)) continue
    const ships = groups.reduce((sum, it) => sum + it.ships, 0)
    const force = joined(groups.map((it) => groupForce(it, view.style.warship)))
    const count = shipsFor(view, goal, view.style, { ...force, mass: force.mass / ships }, ships)
    if (count === undefined) continue
    taken.add(goal.number)
    groups = sendSome(view, groups, count, goal.number)
  }
  return groups
}

/** Where warships gather: the own planet nearest to an enemy planet, or the one with the most people. */
const rallyOf = (view: View, all: ReadonlyArray<Goal>): Spot | undefined => {
  let best: Spot | undefined
  let least = Number.POSITIVE_INFINITY
  for (const goal of all) {
    const near = nearest(view, goal, view.report.my_planets)
    const way = near === undefined ? Number.POSITIVE_INFINITY : apart(view, near, goal)
    if (way < least) {
      least = way
      best = near
    }
  }
  return best ?? view.report.my_planets.toSorted((a, b) => b.population - a.population || a.number - b.number)[0]
}

/**
 * Orders idle warships, planet by planet, to do the first that fits: defend, keep bombing, upgrade, attack, or gather.
 */
export const fight = (view: View, enemies: ReadonlySet<string>): void => {
  const war: War = { view, enemies, threats: threatsTo(view, enemies) }
  const { warship, skill } = view.style
  const all = goals(war)
  /** Goals that this turn's orders, or ships on the way, already take care of. */
  const taken = new Set(
    view.report.my_groups.flatMap((it) =>
      it.class === warship.name && it.origin !== undefined ? [it.destination] : []
    )
  )
  const threatened = view.report.my_planets.filter((it) => war.threats.has(it.number))
  const rally = rallyOf(view, all)
  const waiting = grouped(
    view.idle.filter((it) => it.class === warship.name),
    (it) => it.destination
  )
  for (const [number, there] of waiting) {
    const at = view.spots.get(number)
    if (at === undefined) continue
    const force = joined(there.map((it) => groupForce(it, warship)))
    const here = war.threats.get(number)
    // A planet under attack keeps its defenders and calls in forces that are near and strong enough.
    if (here !== undefined && view.own.has(number)) continue
    const beatable = threatened.filter((it) => {
      const threat = war.threats.get(it.number)
      return threat !== undefined && apart(view, at, it) < callRange && leftOf(force, threat) > 0
    })
    const call = nearest(view, at, beatable)
    if (call !== undefined) {
      sendAll(view, there, call.number)
      continue
    }
    // Where there are people left to bomb, as many stay as that takes.
    let groups = there
    const prey = all.find((it) => it.number === number)
    if (prey !== undefined && (here === undefined || leftOf(force, here) > 0)) {
      const ships = there.reduce((sum, it) => sum + it.ships, 0)
      const count = shipsFor(view, prey, view.style, { ...force, mass: force.mass / ships }, ships) ?? ships
      taken.add(number)
      groups = keepSome(there, count)
    }
    // One group per turn and planet: upgrades use up points that production needs.
    const old = groups.find((it) => modernise(view, it))
    if (old !== undefined) {
      say(view, { op: "upgrade", group: old.number, block: "ALL" })
      continue
    }
    const rest = view.turn >= skill.attacksFrom ? strike(view, at, groups, all, taken) : groups
    if (rally !== undefined) sendAll(view, rest, rally.number)
  }
}
