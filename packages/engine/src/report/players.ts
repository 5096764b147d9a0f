/** Section "player status": one line per race, those that have left with zeroes. */
import type { PlayerStatus } from "@galaxy/contract/engine/Report"
import { idleLimit } from "../rules/Ruleset.ts"
import { type Galaxy, raceAt } from "../state/Galaxy.ts"
import type { Facts } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"

/** Turns until the race is removed, where the reader is warned of it. */
const turnsLeft = ({ galaxy, ruleset }: Facts, reader: number, index: number): number | undefined => {
  const race = raceAt(galaxy, index)
  const from = index === reader ? ruleset.idleWarningOwn : ruleset.idleWarningPublic
  if (race.removed !== null || from === null) return undefined
  const left = idleLimit(ruleset, galaxy.turn + 1) - race.idle_turns
  return left <= from ? left : undefined
}

const relationTo = (galaxy: Galaxy, reader: number): ((index: number) => "peace" | "war") => {
  const peace = new Set(raceAt(galaxy, reader).peace_with)
  return (index) => (peace.has(index) ? "peace" : "war")
}

export const players = (facts: Facts, reader: number): ReadonlyArray<PlayerStatus> => {
  const relation = relationTo(facts.galaxy, reader)
  return facts.galaxy.races.map((race, index): PlayerStatus => {
    const held = facts.holdings[index]
    const level = (tech: number): number => (race.removed === null ? toHundredths(tech) : 0)
    const left = turnsLeft(facts, reader, index)
    return {
      name: race.name,
      drive: level(race.techs.drive),
      weapons: level(race.techs.weapons),
      shields: level(race.techs.shields),
      cargo: level(race.techs.cargo),
      population: toHundredths(held?.population ?? 0),
      industry: toHundredths(held?.industry ?? 0),
      planets: held?.planets ?? 0,
      ...(index === reader ? {} : { relation: relation(index) }),
      votes_received: toHundredths(facts.election.ballots[index]?.received ?? 0),
      extinct: race.removed !== null,
      ...(left === undefined ? {} : { turns_left: left })
    }
  })
}
