/** What the platform learns about a game, in numbers that aren't rounded. */
import type { EnginePlayer, EngineStatus } from "@galaxy/contract/engine/Admin"
import type { Schema } from "effect"
import { rulesets } from "../rules/Ruleset.ts"
import type { Galaxy } from "./Galaxy.ts"
import { holdings } from "./holdings.ts"
import { raceAt } from "./lookups.ts"

const noOne: ReadonlySet<number> = new Set()
const nothing = { planets: 0, population: 0, industry: 0 }

/** The constants of the game, as everybody in it may read them. */
const rulesetOf = ({ ruleset }: Galaxy) => {
  const { name, ...constants } = rulesets[ruleset]
  return { name, constants: constants as unknown as Schema.JsonObject }
}

/** The status of a game. Races in `leaving` count as gone already. */
export const statusOf = (galaxy: Galaxy, leaving = noOne): EngineStatus => {
  const held = holdings(galaxy)
  return {
    game_id: galaxy.game_id,
    turn: galaxy.turn,
    finished: galaxy.finished,
    winners: galaxy.winners.map((winner) => raceAt(galaxy, winner).name),
    ruleset: rulesetOf(galaxy),
    players: galaxy.races.map(
      (race, index): EnginePlayer => ({
        player_id: race.player_id,
        race: race.name,
        ...((leaving.has(index) ? undefined : held[index]) ?? nothing),
        eliminated: race.removed !== null || leaving.has(index),
        max_planets: race.max_planets,
        max_population: race.max_population,
        initial_planets: race.initial_planets,
        initial_population: race.initial_population,
        ...(race.computer === undefined ? {} : { computer: true })
      })
    )
  }
}
