/** The reports of a turn, one per race, removed ones too: each holds what its race may know and nothing else. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Galaxy } from "../state/Galaxy.ts"
import { raceAt } from "../state/lookups.ts"
import type { TurnEvent } from "../turn/TurnEvent.ts"
import { bounded } from "./bounds.ts"
import { foreignClasses, foreignSciences, ownClasses, ownSciences } from "./designs.ts"
import { factsOf } from "./Facts.ts"
import { battles, bombings } from "./fighting.ts"
import { foreignPlanets, ownPlanets, routes, uninhabitedPlanets, unknownPlanets, yards } from "./planets.ts"
import { players, roster } from "./players.ts"
import { approaching, fleets, foreignGroups, ownGroups, unidentified } from "./ships.ts"
import { sightOf } from "./sight.ts"
import { summary } from "./summary.ts"
import { poll, votes } from "./votes.ts"

/** Returns a function that writes the report of a race by its index. What all reports need is gathered once, here. */
export const reporter = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>): ((race: number) => Report) => {
  const facts = factsOf(galaxy, log)
  const polled = poll(facts)
  const listed = roster(facts)
  const summarised = summary(galaxy)
  const winners = galaxy.winners.map((winner) => raceAt(galaxy, winner).name)
  return (race) => {
    const sight = sightOf(facts, race)
    return bounded({
      game_id: galaxy.game_id,
      race: raceAt(galaxy, race).name,
      turn: galaxy.turn,
      finished: galaxy.finished,
      winners,
      summary: summarised,
      votes: votes(facts, race, polled),
      players: players(facts, race, listed),
      my_sciences: ownSciences(facts, race),
      foreign_sciences: foreignSciences(facts, race, sight),
      my_classes: ownClasses(facts, race),
      foreign_classes: foreignClasses(facts, race, sight),
      battles: battles(facts, race),
      bombings: bombings(facts, race),
      approaching_groups: approaching(facts, race, sight),
      my_planets: ownPlanets(facts, race),
      yards: yards(facts, race),
      routes: routes(facts, race),
      foreign_planets: foreignPlanets(facts, race, sight),
      uninhabited_planets: uninhabitedPlanets(facts, sight),
      unknown_planets: unknownPlanets(facts, race, sight),
      my_fleets: fleets(facts, race),
      my_groups: ownGroups(facts, race),
      foreign_groups: foreignGroups(facts, sight),
      unidentified_groups: unidentified(facts, race, sight),
      changes: facts.changesOf[race] ?? [],
      orders: facts.ordersOf[race] ?? []
    })
  }
}

/** All reports of a turn, by race index. */
export const reportsOf = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>): ReadonlyArray<Report> => {
  const write = reporter(galaxy, log)
  return galaxy.races.map((_, index) => write(index))
}
