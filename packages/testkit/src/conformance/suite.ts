/** The conformance suite on one engine program, with a line for each check and no test runner. */
import { Duration, Effect, References } from "effect"
import { checksOf } from "../engine/conformance/checks.ts"
import { type CheckOutcome, outcomeOf } from "../engine/conformance/outcome.ts"
import { engineProgram } from "../engine/program.ts"
import type { Plan } from "./plan.ts"
import { validOrder } from "./samples.ts"

/** The longest time for one check, which starts one or several engines. */
const mostForOne = Duration.minutes(1)

const tooLong: CheckOutcome = {
  _tag: "Failed",
  error: new Error(`the check wasn't done within ${Duration.format(mostForOne)}`)
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, "          ")

const lineOf = (name: string, outcome: CheckOutcome): string => {
  if (outcome._tag === "Passed") return `  passed  ${name}`
  if (outcome._tag === "NotTried") return `  skipped ${name}: ${outcome.reason}`
  return `  FAILED  ${name}\n${indented(outcome.error.message)}`
}

/**
 * Runs all checks one after the other, and returns whether none failed.
 *
 * An engine that can't be started at all is reported once, and no check is run.
 */
export const runSuite = Effect.fn("conformance.runSuite")(
  function* ({ args, cwd, options, program, samples }: Plan, write: (line: string) => void) {
    const subject = {
      ...engineProgram(program, args, cwd),
      validOrder: validOrder.bind(undefined, samples),
      refusedOrder: samples.refused,
      ...(options === undefined ? {} : { options })
    }
    write(`conformance of ${[program, ...args].join(" ")}`)
    const starts = yield* outcomeOf(subject.start)
    if (starts._tag === "Failed") {
      write(`  FAILED  ${starts.error.message}\nNo check was run.`)
      return false
    }
    const counts = { Passed: 0, NotTried: 0, Failed: 0 }
    for (const { name, run } of checksOf(subject)) {
      const outcome = yield* Effect.timeoutOrElse(outcomeOf(run), {
        duration: mostForOne,
        orElse: () => Effect.succeed(tooLong)
      })
      counts[outcome._tag] += 1
      write(lineOf(name, outcome))
    }
    write(`${counts.Passed} passed, ${counts.Failed} failed, ${counts.NotTried} skipped`)
    return counts.Failed === 0
  },
  Effect.provideService(References.MinimumLogLevel, "None")
)
