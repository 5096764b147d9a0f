/** Section "player status": one line per race, those that have left with zeroes. */
import type { PlayerStatus } from "@galaxy/contract/engine/Report"
import type { Election } from "../formulas/votes.ts"
import { idleLimit, rulesets } from "../rules/Ruleset.ts"
import { type Galaxy, planetsOf, raceAt } from "../state/Galaxy.ts"
import { toHundredths } from "./rounding.ts"

/** Turns until the race is removed, where the reader is warned of it. */
const turnsLeft = (galaxy: Galaxy, reader: number, index: number): number | undefined => {
  const ruleset = rulesets[galaxy.ruleset]
  const race = raceAt(galaxy, index)
  const from = index === reader ? ruleset.idleWarningOwn : ruleset.idleWarningPublic
  if (race.removed !== null || from === null) return undefined
  const left = idleLimit(ruleset, galaxy.turn + 1) - race.idle_turns
  return left <= from ? left : undefined
}

export const players = (galaxy: Galaxy, reader: number, election: Election): ReadonlyArray<PlayerStatus> =>
  galaxy.races.map((race, index): PlayerStatus => {
    const planets = planetsOf(galaxy, index)
    const level = (tech: number): number => (race.removed === null ? toHundredths(tech) : 0)
    const left = turnsLeft(galaxy, reader, index)
    return {
      name: race.name,
      drive: level(race.techs.drive),
      weapons: level(race.techs.weapons),
      shields: level(race.techs.shields),
      cargo: level(race.techs.cargo),
      population: toHundredths(planets.reduce((sum, planet) => sum + planet.population, 0)),
      industry: toHundredths(planets.reduce((sum, planet) => sum + planet.industry, 0)),
      planets: planets.length,
      ...(index === reader
        ? {}
        : { relation: raceAt(galaxy, reader).peace_with.includes(index) ? ("peace" as const) : ("war" as const) }),
      votes_received: toHundredths(election.ballots[index]?.received ?? 0),
      extinct: race.removed !== null,
      ...(left === undefined ? {} : { turns_left: left })
    }
  })
