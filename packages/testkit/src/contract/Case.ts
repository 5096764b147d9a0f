/**
 * Contract suites as data: what every adapter of a port does, one case after the other, for any test runner.
 *
 * Each case builds the adapter anew, so none relies on another, and each can be run alone.
 */
import { Effect, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { NotInTime } from "../TestkitError.ts"

/** One thing that an adapter does: `for (const { name, run } of cases) test(name, run)`. */
export interface Case {
  readonly name: string
  /** Rejects with an `AssertionError`, or with what the adapter failed with. */
  run(): Promise<void>
}

/** How the cases of a suite are run. */
export interface CaseOptions {
  /** Real time instead of a clock that stands still until a case moves it. */
  readonly liveClock?: boolean
  /** Longest time for one case, in milliseconds of real time; a minute when absent. */
  readonly withinMs?: number
}

type Define<R> = (name: string, body: () => Effect.Effect<void, unknown, R | Scope.Scope>) => void

/** Collects the cases that `define` names. */
export const casesOf = <R, E>(
  adapter: Layer.Layer<R, E>,
  define: (it: Define<R>) => void,
  { liveClock = false, withinMs = 60_000 }: CaseOptions = {}
): ReadonlyArray<Case> => {
  const cases: Array<Case> = []
  const services = liveClock ? adapter : Layer.provideMerge(adapter, TestClock.layer())
  define((name, body) => {
    const run = async () => {
      const signal = AbortSignal.timeout(withinMs)
      const effect = Effect.scoped(Effect.provide(Effect.suspend(body), services, { local: true }))
      await Effect.runPromise(effect, { signal }).catch((error: unknown) => {
        if (signal.aborted) throw new NotInTime({ message: `"${name}" took longer than ${withinMs} ms` })
        throw error
      })
    }
    cases.push({ name, run })
  })
  return cases
}
