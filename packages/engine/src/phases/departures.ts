/**
 * Phase 0: races that are out leave before anything happens (rules, section 21): the banished, the extinct, those that
 * gave no orders for too long, and those that quit and didn't come back on it.
 */
import { idleLimit } from "../rules/Ruleset.ts"
import { type Galaxy, planetsOf, raceAt, racesIn, type RemovalReason, withRace } from "../state/Galaxy.ts"
import type { Phase, TurnInProgress } from "../turn/Phase.ts"
import type { TurnEvent } from "../turn/TurnEvent.ts"

/** Whether the race gave an order that shows it plays on. */
const playsOn = ({ decisions, galaxy }: TurnInProgress, race: number): boolean => {
  const orders = decisions.orders.get(race) ?? []
  return raceAt(galaxy, race).quitting ? orders.some((order) => order.op !== "quit") : orders.length > 0
}

const reasonToLeave = (turn: TurnInProgress, race: number, idleTurns: number): RemovalReason | undefined => {
  if (turn.decisions.banished.has(race)) return "banished"
  if (planetsOf(turn.galaxy, race).length === 0) return "extinct"
  if (idleTurns < idleLimit(turn.ruleset, turn.turn)) return undefined
  return raceAt(turn.galaxy, race).quitting ? "quit" : "idle"
}

/** Everything of the race vanishes but what lies in the ground. */
const remove = (galaxy: Galaxy, race: number, turn: number, reason: RemovalReason): Galaxy => ({
  ...withRace(galaxy, race, { removed: { turn, reason } }),
  planets: galaxy.planets.map((planet) =>
    planet.owner === race
      ? { ...planet, owner: null, population: 0, industry: 0, colonists: 0, capital: 0, production: null }
      : planet
  )
})

export const departures: Phase = {
  name: "departures",
  run: (turn) => {
    const events: Array<TurnEvent> = []
    let galaxy = turn.galaxy
    for (const race of racesIn(turn.galaxy)) {
      const idleTurns = playsOn(turn, race) ? 0 : raceAt(galaxy, race).idle_turns + 1
      const reason = reasonToLeave(turn, race, idleTurns)
      if (reason === undefined) {
        galaxy = withRace(galaxy, race, { idle_turns: idleTurns })
      } else {
        galaxy = remove(galaxy, race, turn.turn, reason)
        events.push({ kind: "removed", race, reason })
      }
    }
    return { galaxy, events }
  }
}
