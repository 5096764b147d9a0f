/** A battle as a page shows it: sides with their losses, and its course step by step. */
import type { Battle, BattleGroup, Shot } from "@galaxy/contract/engine/Report"

export interface Side {
  readonly race: string
  readonly groups: ReadonlyArray<BattleGroup>
  readonly ships: number
  readonly left: number
  /** Whether its ships fought; those that had no enemies there only looked on. */
  readonly fought: boolean
}

/** The sides in the order in which the report lists them, the reader's own first. */
export const sidesOf = ({ groups }: Battle, race: string): ReadonlyArray<Side> => {
  const byRace = new Map<string, Array<BattleGroup>>()
  for (const group of groups) {
    const known = byRace.get(group.race)
    if (known === undefined) byRace.set(group.race, [group])
    else known.push(group)
  }
  return [...byRace]
    .map(([name, list]) => ({
      race: name,
      groups: list,
      ships: list.reduce((all, it) => all + it.ships, 0),
      left: list.reduce((all, it) => all + it.ships_left, 0),
      fought: list.some(({ state }) => state === "In_Battle")
    }))
    .toSorted((one, other) => Number(other.race === race) - Number(one.race === race))
}

/** What a race lost and destroyed; undefined where it had no ships in the fight. */
export const battleLosses = (
  battle: Battle,
  race: string
): { readonly lost: number; readonly destroyed: number } | undefined => {
  const own = battle.groups.filter((group) => group.race === race && group.state === "In_Battle")
  if (own.length === 0) return undefined
  const mine = new Set(own.map(({ index }) => index))
  return {
    lost: own.reduce((all, { ships, ships_left: left }) => all + ships - left, 0),
    destroyed: battle.totals.reduce((all, { attacker, destroyed }) => all + (mine.has(attacker) ? destroyed : 0), 0)
  }
}

/** One line of the course: shots of one group at another, and how many ships the target has after them. */
export interface BattleStep {
  readonly shot: Shot
  readonly attacker: BattleGroup
  readonly target: BattleGroup
  readonly left: number
}

/** The course from the first shot on. Lines that name groups which the report doesn't have are left out. */
export const stepsOf = ({ groups, protocol }: Battle): ReadonlyArray<BattleStep> => {
  const byIndex = new Map(groups.map((group) => [group.index, group]))
  const left = new Map(groups.map(({ index, ships }) => [index, ships]))
  return protocol.flatMap((shot) => {
    const attacker = byIndex.get(shot.attacker)
    const target = byIndex.get(shot.target)
    if (attacker === undefined || target === undefined) return []
    const after = Math.max(0, (left.get(shot.target) ?? 0) - (shot.destroyed ? shot.count : 0))
    left.set(shot.target, after)
    return [{ shot, attacker, target, left: after }]
  })
}

/** Ships of each group, by its index, after so many steps of the course. */
export const shipsAfter = (
  { groups }: Battle,
  steps: ReadonlyArray<BattleStep>,
  count: number
): ReadonlyMap<number, number> => {
  const ships = new Map(groups.map((group) => [group.index, group.ships]))
  for (const { target, left } of steps.slice(0, count)) ships.set(target.index, left)
  return ships
}

/** Shots of one pair of groups over the whole battle. */
export interface PairTotal {
  readonly attacker: BattleGroup
  readonly target: BattleGroup
  readonly shots: number
  readonly destroyed: number
}

/** Grouped shots, the deadliest pair first. */
export const totalsOf = ({ groups, totals }: Battle): ReadonlyArray<PairTotal> => {
  const byIndex = new Map(groups.map((group) => [group.index, group]))
  return totals
    .flatMap(({ attacker, target, shots, destroyed }) => {
      const from = byIndex.get(attacker)
      const at = byIndex.get(target)
      return from === undefined || at === undefined ? [] : [{ attacker: from, target: at, shots, destroyed }]
    })
    .toSorted((one, other) => other.destroyed - one.destroyed || other.shots - one.shots)
}
