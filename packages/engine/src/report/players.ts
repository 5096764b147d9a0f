/** Section "player status": one line per race, those that have left with zeroes. */
import type { PlayerStatus } from "@galaxy/contract/engine/Report"
import { idleLimit } from "../rules/Ruleset.ts"
import { raceAt } from "../state/lookups.ts"
import type { Facts } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"

/** Each race's line in the forms that readers get, prepared once for all of them. */
export type Roster = ReadonlyArray<{
  readonly own: PlayerStatus
  readonly atWar: PlayerStatus
  readonly atPeace: PlayerStatus
}>

/** Turns until the race is removed if it goes on giving no orders; undefined when it has left. */
const turnsLeft = ({ galaxy, ruleset }: Facts, index: number): number | undefined => {
  const race = raceAt(galaxy, index)
  return race.removed === null ? idleLimit(ruleset, galaxy.turn + 1) - race.idle_turns : undefined
}

const warned = (left: number | undefined, from: number | null) =>
  left === undefined || from === null || left > from ? {} : { turns_left: left }

/** Prepares the lines of all races. The race itself is warned of its removal earlier than the others (section 21). */
export const roster = (facts: Facts): Roster =>
  facts.galaxy.races.map((race, index) => {
    const held = facts.holdings[index]
    const level = (tech: number): number => (race.removed === null ? toHundredths(tech) : 0)
    const line = {
      name: race.name,
      drive: level(race.techs.drive),
      weapons: level(race.techs.weapons),
      shields: level(race.techs.shields),
      cargo: level(race.techs.cargo),
      population: toHundredths(held?.population ?? 0),
      industry: toHundredths(held?.industry ?? 0),
      planets: held?.planets ?? 0
    }
    const rest = {
      votes_received: toHundredths(facts.election.ballots[index]?.received ?? 0),
      extinct: race.removed !== null
    }
    const left = turnsLeft(facts, index)
    const told = { ...rest, ...warned(left, facts.ruleset.idleWarningPublic) }
    return {
      own: { ...line, ...rest, ...warned(left, facts.ruleset.idleWarningOwn) },
      atWar: { ...line, relation: "war", ...told },
      atPeace: { ...line, relation: "peace", ...told }
    }
  })

/** The section for one reader: `relation` is its own attitude to the others, never theirs to it. */
export const players = ({ galaxy }: Facts, reader: number, all: Roster): ReadonlyArray<PlayerStatus> => {
  const peace = new Set(raceAt(galaxy, reader).peace_with)
  return all.map((lines, index) => (index === reader ? lines.own : peace.has(index) ? lines.atPeace : lines.atWar))
}
