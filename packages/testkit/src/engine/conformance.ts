/**
 * What every engine does, whatever its game: the platform's contract (wire.md, section 4) as a suite of tests.
 *
 * It uses HTTP alone. What an order means is up to the engine, which gives the suite samples.
 */
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { RunningEngine, EngineUnderTest } from "./conformance/Check.ts"
import { checksOf } from "./conformance/checks.ts"
import { outcomeOf } from "./conformance/outcome.ts"

/** The engine to test, with the suite's name and timeout. */
export interface EngineConformance<Engine extends RunningEngine> extends EngineUnderTest<Engine> {
  /** The engine's name in the test report. */
  readonly name: string
  /** Milliseconds for one check, which starts one or several engines; a minute if absent. */
  readonly timeout?: number
}

/** Registers the suite with vitest. */
export const engineConformance = <Engine extends RunningEngine>({
  name,
  timeout = 60_000,
  ...subject
}: EngineConformance<Engine>): void => {
  describe(`engine conformance: ${name}`, () => {
    for (const check of checksOf(subject)) {
      // oxlint-disable-next-line vitest/expect-expect -- the check asserts, and its failure is thrown
      it(
        // oxlint-disable-next-line vitest/valid-title -- names of checks are strings
        check.name,
        async ({ signal, skip, onTestFinished }) => {
          const run = Effect.runPromise(outcomeOf(check.run), { signal })
          // A check that is interrupted still ends its engines.
          onTestFinished(() => run.then(Boolean, Boolean).then(() => undefined))
          const outcome = await run
          if (outcome._tag === "NotTried") return skip(outcome.reason)
          if (outcome._tag === "Failed") throw outcome.error
        },
        timeout
      )
    }
  })
}
