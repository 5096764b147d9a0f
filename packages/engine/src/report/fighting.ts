/** Sections "battles" and "bombings". */
import type { Battle, Bombing } from "@galaxy/contract/engine/Report"
import { raceAt } from "../state/lookups.ts"
import type { BattleEvent, BombingEvent } from "../turn/TurnEvent.ts"
import type { Facts } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"
import { goodsName } from "./ships.ts"

const battle = ({ galaxy }: Facts, event: BattleEvent): Battle => ({
  planet: event.planet,
  name: event.name,
  when: event.when,
  groups: event.groups.map((group, index) => ({
    index,
    race: raceAt(galaxy, group.race).name,
    ships: group.ships,
    class: group.class,
    drive: toHundredths(group.techs.drive),
    weapons: toHundredths(group.techs.weapons),
    shields: toHundredths(group.techs.shields),
    cargo: toHundredths(group.techs.cargo),
    goods: goodsName(group.goods),
    load: toHundredths(group.load),
    ships_left: group.left,
    state: group.fights ? "In_Battle" : "Out_Battle"
  })),
  rounds: event.rounds,
  shots: event.shots,
  ...(event.cut_short === undefined ? {} : { cut_short: true }),
  protocol: event.protocol.map(([attacker, target, destroyed, count]) => ({
    attacker,
    target,
    destroyed: destroyed === 1,
    count
  })),
  omitted: event.omitted,
  totals: event.totals.map(([attacker, target, shots, destroyed]) => ({ attacker, target, shots, destroyed }))
})

const bombing = ({ galaxy }: Facts, event: BombingEvent): Bombing => ({
  bomber: raceAt(galaxy, event.bomber).name,
  owner: raceAt(galaxy, event.owner).name,
  planet: event.planet,
  name: event.name,
  population: toHundredths(event.population),
  industry: toHundredths(event.industry),
  production: event.production,
  capital: toHundredths(event.capital),
  materials: toHundredths(event.materials),
  colonists: toHundredths(event.colonists),
  power: toHundredths(event.power),
  result: event.wiped ? "Wiped" : "Damaged",
  destroyed_population: toHundredths(event.destroyed_population),
  destroyed_industry: toHundredths(event.destroyed_industry),
  destroyed_colonists: toHundredths(event.destroyed_colonists),
  ...(event.new_owner === null ? {} : { new_owner: raceAt(galaxy, event.new_owner).name })
})

/** One description of each battle, shared by the reports of all who saw it. */
const shared = new WeakMap<BattleEvent, Battle>()

/** Battles that the race witnessed this turn, also where it lost all of its ships. */
export const battles = (facts: Facts, race: number): ReadonlyArray<Battle> =>
  (facts.battlesOf[race] ?? []).map((event) => {
    const known = shared.get(event)
    if (known !== undefined) return known
    const described = battle(facts, event)
    shared.set(event, described)
    return described
  })

/** Bombings that the race witnessed this turn, one entry for each planet and bombing race. */
export const bombings = (facts: Facts, race: number): ReadonlyArray<Bombing> =>
  (facts.bombingsOf[race] ?? []).map((event) => bombing(facts, event))
