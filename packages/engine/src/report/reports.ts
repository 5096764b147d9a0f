/** The reports of a turn, one per race, removed ones too: each holds what its race may know and nothing else. */
import type { Report } from "@galaxy/contract/engine/Report"
import { election } from "../formulas/votes.ts"
import { type Galaxy, raceAt } from "../state/Galaxy.ts"
import type { TurnEvent } from "../turn/TurnEvent.ts"
import { ownPlanets, unknownPlanets } from "./planets.ts"
import { players } from "./players.ts"
import { summary } from "./summary.ts"
import { votes } from "./votes.ts"

export const reportsOf = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>): ReadonlyArray<Report> => {
  const polled = election(galaxy)
  return galaxy.races.map((race, index) => ({
    game_id: galaxy.game_id,
    race: race.name,
    turn: galaxy.turn,
    finished: galaxy.finished,
    winners: galaxy.winners.map((winner) => raceAt(galaxy, winner).name),
    summary: summary(galaxy),
    votes: votes(galaxy, index, polled),
    players: players(galaxy, index, polled),
    my_planets: ownPlanets(galaxy, index),
    unknown_planets: unknownPlanets(galaxy, index),
    orders: log.flatMap((event) => (event.kind === "order" && event.race === index ? [event.outcome] : []))
  }))
}
