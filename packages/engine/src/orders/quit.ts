/** Order Q: a race begins to leave; a few turns remain in which any other order takes it back. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { idleLimit, rulesets } from "../rules/Ruleset.ts"
import { type Galaxy, raceAt, withRace } from "../state/Galaxy.ts"
import { type Outcome, refuse } from "./Refusal.ts"
import { raceNamed } from "./subjects.ts"

export const quit = (galaxy: Galaxy, race: number, order: Order): Outcome => {
  const own = raceAt(galaxy, race)
  const named = order.race === undefined ? undefined : raceNamed(galaxy, order.race)
  if (named === undefined) return refuse("unknown_race", `to quit, name your own race: ${own.name}`)
  if (named !== race) return refuse("not_owner", `to quit, name your own race: ${own.name}`)
  // Said again, it doesn't put the end off.
  if (own.quitting) return Result.succeed(galaxy)
  const ruleset = rulesets[galaxy.ruleset]
  return Result.succeed(
    withRace(galaxy, race, {
      quitting: true,
      idle_turns: idleLimit(ruleset, galaxy.turn + 1) - ruleset.turnsAfterQuit
    })
  )
}
