/** Phases 3 and 7: races at war fight wherever their ships meet (rules, section 16). */
import { fight } from "../battle/fight.ts"
import { logOf } from "../formulas/shot.ts"
import { attackOf, defenceOf, fullMass } from "../formulas/ships.ts"
import {
  atWar,
  type Draft,
  type DraftGroup,
  type DraftPlanet,
  type DraftRace,
  planetOf,
  setShips
} from "../state/Draft.ts"
import { groupsByPlanet } from "../state/groups.ts"
import type { Random } from "../random/Random.ts"
import type { Phase } from "../turn/Phase.ts"
import type { BattleEvent } from "../turn/TurnEvent.ts"

interface Present {
  readonly race: DraftRace
  readonly group: DraftGroup
}

/** Whether a group takes part: D4 and D5 of the rules. */
const takesPart = (draft: Draft, { state }: DraftGroup): boolean => {
  if (state === "upgrading") return draft.ruleset.upgradingFight
  return state === "in_orbit" || draft.ruleset.launchedFight
}

/** For each race there, the positions of the races that it shoots at. */
const enemiesOf = (
  draft: Draft,
  races: ReadonlyArray<number>,
  armed: ReadonlySet<number>
): ReadonlyArray<ReadonlyArray<number>> =>
  races.map((race) =>
    races.flatMap((other, side) =>
      atWar(draft, race, other) || (armed.has(other) && atWar(draft, other, race)) ? [side] : []
    )
  )

const witnessesOf = (draft: Draft, planet: DraftPlanet, present: ReadonlyArray<Present>): ReadonlyArray<number> => {
  const seen = new Set(present.map(({ race }) => race.index))
  if (draft.ruleset.ownerSeesBattle && planet.owner !== null) seen.add(planet.owner)
  return [...seen].toSorted((a, b) => a - b)
}

/** Fights at one planet, if an armed race there is at war with another one there. */
const battleAt = (
  draft: Draft,
  random: Random,
  when: BattleEvent["when"],
  planet: DraftPlanet,
  present: ReadonlyArray<Present>
): void => {
  const fighting = present.filter(({ group }) => takesPart(draft, group))
  const races = [...new Set(fighting.map(({ race }) => race.index))]
  if (races.length < 2) return
  const armed = new Set(fighting.flatMap(({ race, group }) => (group.design.armament > 0 ? [race.index] : [])))
  const aggressor = races.some((race) => armed.has(race) && races.some((other) => atWar(draft, race, other)))
  if (!aggressor) return
  const enemies = enemiesOf(draft, races, armed)
  const outcome = fight(
    random,
    fighting.map(({ race, group: { design, ships, techs, load } }) => ({
      side: races.indexOf(race.index),
      ships,
      guns: design.armament,
      logAttack: logOf(draft.ruleset, attackOf(design, techs)),
      logDefence: logOf(draft.ruleset, defenceOf(draft.ruleset, design, techs, fullMass(design.mass, load, techs)))
    })),
    enemies,
    {
      rounds: draft.ruleset.battleRounds,
      shots: draft.ruleset.battleShots,
      shotsWithoutLoss: draft.ruleset.battleShotsWithoutLoss
    }
  )
  if (outcome === undefined) return
  const places = new Map(fighting.map(({ group }, at) => [group, at]))
  const hostile = new Set(enemies.flatMap((list, side) => (list.length > 0 ? [side, ...list] : [])))
  // The protocol numbers groups that fight first; those that only look on come after them.
  const all = [...fighting, ...present.filter(({ group }) => !places.has(group))]
  draft.events.push({
    kind: "battle",
    when,
    planet: planet.number,
    name: planet.name,
    witnesses: witnessesOf(draft, planet, present),
    groups: all.map(({ race, group }, at) => ({
      race: race.index,
      class: group.design.name,
      techs: group.techs,
      goods: group.goods,
      load: group.load,
      ships: group.ships,
      left: outcome.left[at] ?? group.ships,
      fights: at < fighting.length && hostile.has(races.indexOf(race.index))
    })),
    rounds: outcome.rounds,
    shots: outcome.shots,
    protocol: outcome.protocol,
    omitted: outcome.omitted,
    totals: outcome.totals
  })
  for (const [at, { race, group }] of fighting.entries()) {
    setShips(draft, race, group, outcome.left[at] ?? group.ships, "battle")
  }
}

/**
 * Fights at most one battle at each planet, by ascending number, and logs it with its losses. `when` tells the two
 * phases apart and keeps their random streams separate.
 */
export const battles = (when: BattleEvent["when"]): Phase => ({
  name: `battles ${when}`,
  run: ({ draft, random }) => {
    const there = groupsByPlanet(draft, () => true)
    for (const number of [...there.keys()].toSorted((a, b) => a - b)) {
      battleAt(draft, random, when, planetOf(draft, number), there.get(number) ?? [])
    }
  }
})
