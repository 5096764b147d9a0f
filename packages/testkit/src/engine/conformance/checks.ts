/** All checks, bound to the engine under test. */
import { Effect, type Scope } from "effect"
import { beginning } from "./beginning.ts"
import { NotTried, type RunningEngine, type EngineUnderTest } from "./Check.ts"
import { ending } from "./ending.ts"
import { orders } from "./orders.ts"
import { requests } from "./requests.ts"
import { devices } from "./devices.ts"
import { state } from "./state.ts"
import { survival } from "./survival.ts"
import { trust } from "./trust.ts"
import { turns } from "./turns.ts"

/** A check bound to an engine, ready to be run. */
export interface Applied {
  readonly name: string
  readonly run: Effect.Effect<void, unknown, Scope.Scope>
}

/** Checks that need nothing but `start`. */
export const anywhere = [...beginning, ...turns, ...orders, ...requests, ...trust, ...devices, ...state]

/** All checks for this engine. Those that need a part it lacks (`restart`, `program`) end with `NotTried`. */
export const checksOf = <Engine extends RunningEngine>(subject: EngineUnderTest<Engine>): ReadonlyArray<Applied> => {
  const { restart, program } = subject
  const needs = (what: string): Effect.Effect<void, NotTried> => new NotTried({ reason: `it needs ${what}` })
  return [
    ...anywhere.map(({ name, run }) => ({ name, run: Effect.suspend(() => run(subject)) })),
    ...survival.map(({ name, run }) => ({
      name,
      run: restart === undefined ? needs("restart") : Effect.suspend(() => run(subject, restart))
    })),
    ...ending.map(({ name, run }) => ({
      name,
      run: program === undefined ? needs("program") : Effect.suspend(() => run(subject, program))
    }))
  ]
}
