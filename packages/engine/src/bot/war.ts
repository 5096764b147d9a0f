/** Warships defend what is threatened, gather near the target, and strike where they are likely to win. */
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import { grouped } from "../report/grouped.ts"
import { type Force, groupForce, joined, leftOf } from "./force.ts"
import { type Goal, goalsOf, sendAll, spared, strike } from "./strike.ts"
import { apart, nearest, say, type Spot, type View } from "./View.ts"

/** Light years from which a force answers a planet's call. */
const callRange = 40
/** Points that a planet must have left for an upgrade. */
const leastPoints = 100
/** Ships are brought up to the present technology when they are behind by this factor. */
const outdated = 1.25

/** Whether a group is old and stands at a planet with points for an upgrade. */
const isOutdated = ({ me, own, style }: View, group: OwnGroup): boolean => {
  const planet = own.get(group.destination)
  if (!style.skill.upgrades || planet === undefined || planet.free_points < leastPoints) return false
  return me.weapons > group.weapons * outdated || me.shields > group.shields * outdated
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
export const fight = (view: View, enemies: ReadonlySet<string>, threats: ReadonlyMap<number, Force>): void => {
  const { warship, skill } = view.style
  const all = goalsOf(view, enemies, threats)
  /** Goals that this turn's orders, or ships on the way, already take care of. */
  const taken = new Set(
    view.report.my_groups.flatMap((it) =>
      it.class === warship.name && it.origin !== undefined ? [it.destination] : []
    )
  )
  const threatened = view.report.my_planets.filter((it) => threats.has(it.number))
  const rally = rallyOf(view, all)
  const waiting = grouped(
    view.idle.filter((it) => it.class === warship.name),
    (it) => it.destination
  )
  for (const [number, there] of waiting) {
    const at = view.spots.get(number)
    if (at === undefined) continue
    const force = joined(there.map((it) => groupForce(it, warship)))
    const here = threats.get(number)
    // A planet under attack keeps its defenders and calls in forces that are near and strong enough.
    if (here !== undefined && view.own.has(number)) continue
    const beatable = threatened.filter((it) => {
      const threat = threats.get(it.number)
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
      taken.add(number)
      groups = spared(view, prey, there)
    }
    // One group per turn and planet: upgrades use up points that production needs.
    const old = groups.find((it) => isOutdated(view, it))
    if (old !== undefined) {
      say(view, { op: "upgrade", group: old.number, block: "ALL" })
      continue
    }
    const rest = view.turn >= skill.attacksFrom ? strike(view, at, groups, all, taken) : groups
    if (rally !== undefined) sendAll(view, rest, rally.number)
  }
}
