/** Phases 3 and 7: races at war fight wherever their ships meet (rules, section 16). */
import { fight } from "../battle/fight.ts"
import { logOf } from "../formulas/shot.ts"
import { attackOf, defenceOf, fullMass } from "../formulas/ships.ts"
import { atWar, type Draft, type DraftGroup, type DraftPlanet, planetOf, setShips } from "../state/Draft.ts"
import { meetings, type Present } from "../state/groups.ts"
import type { Random } from "../random/Random.ts"
import type { Phase } from "../turn/Phase.ts"
import type { BattleEvent } from "../turn/TurnEvent.ts"

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

/** What is to be fought at one planet. */
interface Encounter {
  readonly planet: DraftPlanet
  readonly present: ReadonlyArray<Present>
  readonly fighting: ReadonlyArray<Present>
  /** Indices of the races that take part: the sides of the battle. */
  readonly races: ReadonlyArray<number>
  readonly enemies: ReadonlyArray<ReadonlyArray<number>>
}

/** The encounter at a planet, if an armed race there is at war with another one there. */
const encounterAt = (draft: Draft, planet: DraftPlanet, present: ReadonlyArray<Present>): Encounter | undefined => {
  const fighting = present.filter(({ group }) => takesPart(draft, group))
  const races = [...new Set(fighting.map(({ race }) => race.index))]
  if (races.length < 2) return undefined
  const armed = new Set(fighting.flatMap(({ race, group }) => (group.design.armament > 0 ? [race.index] : [])))
  const aggressor = races.some((race) => armed.has(race) && races.some((other) => atWar(draft, race, other)))
  return aggressor ? { planet, present, fighting, races, enemies: enemiesOf(draft, races, armed) } : undefined
}

/**
 * Shots that a battle may use: an equal share of what is left of the turn's budget for this battle and the `others`
 * still to come in its phase. The battles before the flight leave half of the budget to those after it.
 */
const shareOf = (draft: Draft, when: BattleEvent["when"], others: number): number => {
  const { battleShots, turnShots } = draft.ruleset
  if (turnShots === null) return battleShots
  const budget = when === "before_flight" ? turnShots / 2 : turnShots
  return Math.min(battleShots, Math.floor(Math.max(0, budget - draft.fired) / (others + 1)))
}

/** Fights with at most so many shots, and logs it, if anybody there can hurt an enemy. */
const fightOut = (
  draft: Draft,
  random: Random,
  when: BattleEvent["when"],
  { planet, present, fighting, races, enemies }: Encounter,
  shots: number
): void => {
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
    { rounds: draft.ruleset.battleRounds, shots, shotsWithoutLoss: draft.ruleset.battleShotsWithoutLoss }
  )
  if (outcome === undefined) return
  draft.fired += outcome.spent
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
    ...(outcome.cutShort ? { cut_short: true as const } : {}),
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
 * phases apart and keeps their random streams separate. No more shots are fired than the ruleset has for a turn.
 */
export const battles = (when: BattleEvent["when"]): Phase => ({
  name: `battles ${when}`,
  run: (turn) => {
    const { draft } = turn
    const encounters = [...meetings(draft)].flatMap(
      ([number, present]) => encounterAt(draft, planetOf(draft, number), present) ?? []
    )
    for (const [at, encounter] of encounters.entries()) {
      fightOut(draft, turn.random, when, encounter, shareOf(draft, when, encounters.length - at - 1))
    }
  }
})
