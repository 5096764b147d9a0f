/**
 * What every engine does, whatever its game: the platform's contract (wire contract, section 4) as a suite of tests.
 *
 * It speaks to the engine by HTTP alone. What an order means is the engine's business; the suite is given samples.
 */
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { beginning } from "./conformance/beginning.ts"
import type { Check, RunningEngine, Subject } from "./conformance/Check.ts"
import { orders } from "./conformance/orders.ts"
import { requests } from "./conformance/requests.ts"
import { survival } from "./conformance/survival.ts"
import { turns } from "./conformance/turns.ts"

export interface EngineConformance<Engine extends RunningEngine> extends Subject<Engine> {
  /** Of the engine, for the report. */
  readonly name: string
  /** For one check, in milliseconds; each starts an engine of its own, some several. */
  readonly timeout?: number
}

const checks: ReadonlyArray<Check> = [...beginning, ...turns, ...orders, ...requests]

/** Registers the suite with vitest. */
export const engineConformance = <Engine extends RunningEngine>({
  name,
  timeout = 60_000,
  ...subject
}: EngineConformance<Engine>): void => {
  describe(`engine conformance: ${name}`, () => {
    for (const check of checks) it.live(check.name, () => check.run(subject), timeout)
  })
  const { restart } = subject
  describe.skipIf(restart === undefined)(`engine conformance: ${name}, killed and started again`, () => {
    for (const check of survival) {
      it.live(check.name, () => (restart === undefined ? Effect.void : check.run(subject, restart)), timeout)
    }
  })
}
