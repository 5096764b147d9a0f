/**
 * Very large battles in a report: groups of one race, class and technology share a line, as all numbers of the battle
 * are bounded. The log keeps every group.
 */
import type { Battle, BattleGroup, Shot, ShotTotal } from "@galaxy/contract/engine/Report"
import { grouped } from "./grouped.ts"
import { toHundredths } from "./rounding.ts"

type Key = (group: BattleGroup) => string

/** What groups of a line have in common, from much to little. */
const keys: ReadonlyArray<Key> = [
  (it) => `${it.race}/${it.class}/${it.state}/${it.drive}/${it.weapons}/${it.shields}/${it.cargo}`,
  (it) => `${it.race}/${it.class}/${it.state}`,
  (it) => `${it.race}/${it.state}`
]

const total = (groups: ReadonlyArray<BattleGroup>, what: (group: BattleGroup) => number): number =>
  groups.reduce((sum, it) => sum + what(it), 0)

const highest = (groups: ReadonlyArray<BattleGroup>, what: "drive" | "weapons" | "shields" | "cargo"): number =>
  groups.reduce((most, it) => Math.max(most, it[what]), 0)

const lineOf = (first: BattleGroup, groups: ReadonlyArray<BattleGroup>, index: number): BattleGroup => {
  const ships = total(groups, (it) => it.ships)
  return {
    index,
    race: first.race,
    ships,
    class: groups.every((it) => it.class === first.class) ? first.class : "-",
    drive: highest(groups, "drive"),
    weapons: highest(groups, "weapons"),
    shields: highest(groups, "shields"),
    cargo: highest(groups, "cargo"),
    goods: groups.every((it) => it.goods === first.goods) ? first.goods : "-",
    load: toHundredths(total(groups, (it) => it.load * it.ships) / ships),
    ships_left: total(groups, (it) => it.ships_left),
    state: first.state
  }
}

/** Equal lines in a row become one. */
const merged = (shots: ReadonlyArray<Shot>): ReadonlyArray<Shot> => {
  const lines: Array<Shot> = []
  for (const shot of shots) {
    const last = lines.at(-1)
    const same = last?.attacker === shot.attacker && last.target === shot.target && last.destroyed === shot.destroyed
    if (last !== undefined && same) lines[lines.length - 1] = { ...last, count: last.count + shot.count }
    else lines.push(shot)
  }
  return lines
}

const summedTotals = (totals: ReadonlyArray<ShotTotal>): ReadonlyArray<ShotTotal> => {
  const pairs = grouped(totals, ({ attacker, target }) => `${attacker}/${target}`)
  return [...pairs.values()]
    .map((same) => ({
      attacker: same[0]?.attacker ?? 0,
      target: same[0]?.target ?? 0,
      shots: same.reduce((sum, it) => sum + it.shots, 0),
      destroyed: same.reduce((sum, it) => sum + it.destroyed, 0)
    }))
    .toSorted((one, other) => one.attacker - other.attacker || one.target - other.target)
}

/**
 * The battle with at most so many lines of groups. Groups are summed by race, class and technology, and where that
 * isn't enough by race and class, or by race; technologies are then the highest of the line. `summed` says how many
 * groups there were.
 */
export const summed = (battle: Battle, most: number): Battle => {
  if (battle.groups.length <= most) return battle
  const all = keys.map((key) => grouped(battle.groups, key))
  const lines = all.find((it) => it.size <= most) ?? all.at(-1)
  const members = [...(lines?.values() ?? [])].slice(0, most)
  const lineAt = new Map(members.flatMap((groups, index) => groups.map((it): [number, number] => [it.index, index])))
  const onLines = <A extends { readonly attacker: number; readonly target: number }>(list: ReadonlyArray<A>) =>
    list.flatMap((it) => {
      const attacker = lineAt.get(it.attacker)
      const target = lineAt.get(it.target)
      return attacker === undefined || target === undefined ? [] : [{ ...it, attacker, target }]
    })
  return {
    ...battle,
    groups: members.flatMap((groups, index) => (groups[0] === undefined ? [] : [lineOf(groups[0], groups, index)])),
    summed: battle.groups.length,
    protocol: merged(onLines(battle.protocol)),
    totals: summedTotals(onLines(battle.totals))
  }
}
