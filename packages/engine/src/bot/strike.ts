/** Which enemy planets a bot attacks, and with how many ships. */
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import { bombingPower } from "../formulas/ships.ts"
import { planetsOf } from "./aims.ts"
import { type Force, forceOf, groupForce, joined, leftOf } from "./force.ts"
import { apart, say, type Spot, type View } from "./View.ts"

/** In so many turns the ships that are sent should be able to bomb a planet empty. */
const bombingTurns = 3
/** As many ships are sent as seem to be enough, times this. */
const reserve = 1.3
/** An enemy planet that may be attacked. */
export interface Goal extends Spot {
  readonly size: number
  readonly defence: Force
  readonly worth: number
}

/** Enemy planets in reach with what defends them: what is seen there now, or what was seen last. */
export const goalsOf = (
  view: View,
  enemies: ReadonlySet<string>,
  threats: ReadonlyMap<number, Force>
): ReadonlyArray<Goal> =>
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
const shipsFor = (view: View, goal: Goal, groups: ReadonlyArray<OwnGroup>): number | undefined => {
  const { skill, warship } = view.style
  const ships = groups.reduce((sum, it) => sum + it.ships, 0)
  const all = joined(groups.map((it) => groupForce(it, warship)))
  const isEnough = (count: number): boolean =>
    leftOf({ ...all, mass: (all.mass * count) / ships }, goal.defence) >= skill.caution
  if (!isEnough(ships)) return undefined
  const bombing = Math.ceil(
    goal.size / (bombingTurns * bombingPower(warship, { weapons: all.attack / warship.weapons }))
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

/** Divides the groups into so many ships and the rest. */
const divided = (groups: ReadonlyArray<OwnGroup>, ships: number) => {
  let missing = ships
  const part: Array<OwnGroup> = []
  const rest: Array<OwnGroup> = []
  for (const group of groups) {
    const count = Math.min(missing, group.ships)
    missing -= count
    if (count > 0) part.push({ ...group, ships: count })
    if (count < group.ships) rest.push({ ...group, ships: group.ships - count })
  }
  return { part, rest }
}

/** Sends all ships of the groups, which may be fewer than the groups have. */
export const sendAll = (view: View, groups: ReadonlyArray<OwnGroup>, planet: number): void => {
  for (const { number, destination, ships } of groups)
    if (destination !== planet) say(view, { op: "send", group: number, planet, ships })
}

/** The ships at a goal that needn't stay there to bomb it empty. */
export const spared = (view: View, goal: Goal, groups: ReadonlyArray<OwnGroup>): ReadonlyArray<OwnGroup> => {
  const count = shipsFor(view, goal, groups)
  return count === undefined ? [] : divided(groups, count).rest
}

/**
 * Sends the ships at a place to the best goals that they are likely to take, and adds these to `taken`; goals already
 * in it are passed over. Returns the ships that stay.
 */
export const strike = (
  view: View,
  at: Spot,
  waiting: ReadonlyArray<OwnGroup>,
  goals: ReadonlyArray<Goal>,
  taken: Set<number>
): ReadonlyArray<OwnGroup> => {
  let groups = waiting
  for (const goal of byWorth(view, at, goals)) {
    if (groups.length === 0) break
    const count = taken.has(goal.number) ? undefined : shipsFor(view, goal, groups)
    if (count === undefined) continue
    const { part, rest } = divided(groups, count)
    taken.add(goal.number)
    sendAll(view, part, goal.number)
    groups = rest
  }
  return groups
}
