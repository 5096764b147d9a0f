/**
 * Battles and bombings. A group in a battle is named by its race, its class and, in brackets, its number in the
 * battle's table, since a race can have several groups of one class there.
 */
import type { Battle, BattleGroup, Bombing, Shot, ShotTotal } from "@galaxy/contract/engine/Report"
import { type PlaceOf, type Section, tabled, under } from "../Section.ts"
import { amount, type Column, count, plain, table, words } from "../table.ts"
import { levels } from "./levels.ts"

const group: ReadonlyArray<Column<BattleGroup>> = [
  count("G", (it) => it.index),
  words("N", (it) => it.race),
  count("#", (it) => it.ships),
  words("T", (it) => it.class),
  ...levels,
  words("T", (it) => it.goods),
  amount("Q", (it) => it.load),
  count("L", (it) => it.ships_left),
  words("State", (it) => it.state)
]

type NameOf = (index: number) => string

const namesOf = (groups: ReadonlyArray<BattleGroup>): NameOf => {
  const names = new Map(groups.map((it) => [it.index, plain(`${it.race} ${it.class} [${it.index}]`)]))
  return (index) => names.get(index) ?? `[${index}]`
}

const shotLine =
  (nameOf: NameOf) =>
  ({ attacker, target, destroyed, count }: Shot): string => {
    const times = count === 1 ? "" : ` (x${count})`
    return `${nameOf(attacker)} ${destroyed ? "destroys" : "fires at"} ${nameOf(target)}${times}`
  }

const shotTotal = (nameOf: NameOf): ReadonlyArray<Column<ShotTotal>> => [
  words("By", (it) => nameOf(it.attacker)),
  words("At", (it) => nameOf(it.target)),
  count("Shots", (it) => it.shots),
  count("Destroyed", (it) => it.destroyed)
]

const moments = { before_flight: "before the flight", after_flight: "after the flight" }

/**
 * One battle: its groups, the protocol, and all shots by pair of groups. A shortened protocol says how much is missing.
 */
export const battleSection = (place: PlaceOf, battle: Battle): Section => {
  const nameOf = namesOf(battle.groups)
  return {
    title: `Battle at ${place(battle.planet)}, ${moments[battle.when]}`,
    lines: [
      ...table(group, battle.groups),
      ...(battle.summed === undefined
        ? []
        : [`Groups of one class and technology are summed: ${battle.summed} groups in ${battle.groups.length} lines.`]),
      ...under("Protocol", battle.protocol.map(shotLine(nameOf))),
      ...(battle.omitted === 0 ? [] : [`Lines of the protocol left out: ${battle.omitted}`]),
      ...under("All shots", table(shotTotal(nameOf), battle.totals)),
      `Rounds: ${battle.rounds}, shots: ${battle.shots}`,
      ...(battle.cut_short === true
        ? ["The battle ended undecided: the shots that it could have this turn were used up."]
        : [])
    ]
  }
}

const bombing: ReadonlyArray<Column<Bombing>> = [
  words("W", (it) => it.bomber),
  words("O", (it) => it.owner),
  count("#", (it) => it.planet),
  words("N", (it) => it.name),
  amount("P", (it) => it.population),
  amount("I", (it) => it.industry),
  words("P", (it) => it.production),
  amount("$", (it) => it.capital),
  amount("M", (it) => it.materials),
  amount("C", (it) => it.colonists),
  amount("A", (it) => it.power),
  words("Result", (it) => it.result),
  amount("P lost", (it) => it.destroyed_population),
  amount("I lost", (it) => it.destroyed_industry),
  amount("C lost", (it) => it.destroyed_colonists)
]

const newOwner: Column<Bombing> = words("New owner", (it) => (it.new_owner === it.owner ? undefined : it.new_owner))

/** All bombings in one table: values before each, what it destroyed, and new owners if there are any. */
export const bombingsSection = (bombings: ReadonlyArray<Bombing>): Section => {
  const isTaken = bombings.some(({ owner, new_owner }) => new_owner !== undefined && new_owner !== owner)
  return tabled("Bombings", isTaken ? [...bombing, newOwner] : bombing, bombings)
}
