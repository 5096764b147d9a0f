/**
 * Makes a turn: the galaxy, what people decided, and the seed in; the next galaxy, its reports and the log out.
 *
 * A function in the strict sense: the same input gives the same bytes, on every machine.
 */
import type { Report } from "@galaxy/contract/engine/Report"
import { phases } from "../phases/phases.ts"
import * as Random from "../random/Random.ts"
import { reportsOf } from "../report/reports.ts"
import { rulesets } from "../rules/Ruleset.ts"
import type { Galaxy } from "../state/Galaxy.ts"
import type { Decisions } from "./Phase.ts"
import type { TurnEvent } from "./TurnEvent.ts"

export interface Turn {
  readonly galaxy: Galaxy
  /** One per race, by its index. */
  readonly reports: ReadonlyArray<Report>
  readonly log: ReadonlyArray<TurnEvent>
}

/** The turn after `before`, which must not be finished. */
export const makeTurn = (before: Galaxy, decisions: Decisions): Turn => {
  const ruleset = rulesets[before.ruleset]
  const turn = before.turn + 1
  const log: Array<TurnEvent> = []
  let galaxy = before
  for (const phase of phases) {
    const random = Random.make(before.seed, "turn", turn, phase.name)
    const result = phase.run({ turn, before, galaxy, decisions, ruleset, random })
    galaxy = result.galaxy
    log.push(...result.events)
  }
  return { galaxy, reports: reportsOf(galaxy, log), log }
}
