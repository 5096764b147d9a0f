/**
 * Phase 0: races leave the game before anything else happens (rules, section 21): the banished, the extinct, those that
 * gave no orders for too long, and those that quit and didn't change their mind.
 */
import { idleLimit } from "../rules/Ruleset.ts"
import {
  activeRaces,
  type Draft,
  type DraftRace,
  explain,
  planetsOf,
  setOwner,
  setPlanet,
  setShips
} from "../state/Draft.ts"
import { holdings } from "../state/holdings.ts"
import type { RemovalReason } from "../state/kinds.ts"
import type { Decisions, Phase } from "../turn/Phase.ts"

/** Whether the race gave an order that shows it plays on. */
const playsOn = (decisions: Decisions, race: DraftRace): boolean => {
  const orders = decisions.orders.get(race.index) ?? []
  return race.quitting ? orders.some((order) => order.op !== "quit") : orders.length > 0
}

const reasonToLeave = (
  draft: Draft,
  decisions: Decisions,
  race: DraftRace,
  planets: number,
  idleTurns: number
): RemovalReason | undefined => {
  if (decisions.banished.has(race.index)) return "banished"
  if (planets === 0 && race.groups.size === 0) return "extinct"
  if (idleTurns < idleLimit(draft.ruleset, draft.turn)) return undefined
  return race.quitting ? "quit" : "idle"
}

/** Removes a race with all it has; only materials stay on its planets. */
const remove = (draft: Draft, race: DraftRace, reason: RemovalReason): void => {
  for (const group of race.groups.values()) setShips(draft, race, group, 0, "removal")
  for (const planet of planetsOf(draft, race.index)) {
    for (const what of ["population", "industry", "colonists", "capital"] as const) {
      setPlanet(draft, planet, what, 0, "removal")
    }
    const banked = planet.production?.kind === "ships" ? planet.production.banked : 0
    explain(draft, race.index, "planet", planet.number, "banked", banked, 0, "removal")
    setOwner(draft, planet, null)
  }
  race.designs.clear()
  race.sciences.clear()
  race.removed = { turn: draft.turn, reason }
  draft.events.push({ kind: "removed", race: race.index, reason })
}

/** Removes the races that have to leave, and counts idle turns of all others. */
export const departures: Phase = {
  name: "departures",
  run: ({ draft, decisions }) => {
    const held = holdings(draft)
    for (const race of activeRaces(draft)) {
      const idleTurns = playsOn(decisions, race) ? 0 : race.idle_turns + 1
      const reason = reasonToLeave(draft, decisions, race, held[race.index]?.planets ?? 0, idleTurns)
      if (reason === undefined) race.idle_turns = idleTurns
      else remove(draft, race, reason)
    }
  }
}
