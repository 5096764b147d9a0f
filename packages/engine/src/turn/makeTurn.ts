/**
 * Makes a turn: the galaxy, what people decided, and the seed in; the next galaxy, its reports and the log out.
 *
 * A function in the strict sense: the same input gives the same bytes, on every machine.
 */
import type { Report } from "@galaxy/contract/engine/Report"
import { phases } from "../phases/phases.ts"
import * as Random from "../random/Random.ts"
import { reportsOf } from "../report/reports.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import { draftOf, galaxyOf } from "../state/Draft.ts"
import type { Galaxy } from "../state/Galaxy.ts"
import type { Decisions } from "./Phase.ts"
import { requirePlayable } from "./requirePlayable.ts"
import type { TurnEvent } from "./TurnEvent.ts"

/** A turn as it is stored: the galaxy after it, and its log. */
export interface Made {
  readonly galaxy: Galaxy
  readonly log: ReadonlyArray<TurnEvent>
}

/** A turn with all reports, which follow from its galaxy and log. */
export interface Turn extends Made {
  /** One per race, by its index. */
  readonly reports: ReadonlyArray<Report>
}

/**
 * The galaxy of the turn after `before`, by its own ruleset unless another is given. Reports follow from galaxy and
 * log.
 *
 * Throws an `Error` that names what is wrong when `before` is finished, when a key of the orders or a member of the
 * banished is not a race's index, or when an order's operation doesn't exist. Orders must have passed the schema
 * `Order`: their fields aren't checked again. Lists of races that have left the game are allowed, and not carried out.
 */
export const nextGalaxy = (before: Galaxy, decisions: Decisions, ruleset?: Ruleset): Made => {
  requirePlayable(before, decisions)
  const draft = draftOf(before, ruleset)
  const techsBefore = before.races.map((race) => race.techs)
  for (const phase of phases) {
    let random: Random.Random | undefined
    phase.run({
      draft,
      techsBefore,
      decisions,
      // Most phases draw nothing, and starting a stream costs more than some of them.
      get random() {
        return (random ??= Random.make(before.seed, "turn", draft.turn, phase.name))
      }
    })
  }
  return { galaxy: galaxyOf(before, draft), log: draft.events }
}

/** The whole turn after `before`. It requires of its arguments what `nextGalaxy` does, and throws in the same cases. */
export const makeTurn = (before: Galaxy, decisions: Decisions): Turn => {
  const { galaxy, log } = nextGalaxy(before, decisions)
  return { galaxy, reports: reportsOf(galaxy, log), log }
}
