/** Runs a check and reports its outcome in the check's own words: no log, and no stack frames of the runner. */
import { Cause, Effect, Exit, type Scope } from "effect"
import { NotTried } from "./Check.ts"

/** How a check went. `NotTried` says nothing about the engine and is reported as skipped. */
export type CheckOutcome =
  | { readonly _tag: "Passed" }
  | { readonly _tag: "NotTried"; readonly reason: string }
  | { readonly _tag: "Failed"; readonly error: Error }

const isOurs = (line: string): boolean => !/[\\/]node_modules[\\/]|\(?node:internal/.test(line)

const failureOf = (cause: Cause.Cause<unknown>): Error => {
  const squashed = Cause.squash(cause)
  const error = squashed instanceof Error ? squashed : new Error(String(squashed))
  if (error.stack !== undefined) {
    const [head, ...frames] = error.stack.split(/\n(?=\s+at )/)
    error.stack = [head, ...frames.filter(isOurs)].join("\n")
  }
  return error
}

/** Runs the check in a scope that is closed afterwards. Never fails: failures and defects are an outcome. */
export const outcomeOf = (check: Effect.Effect<void, unknown, Scope.Scope>): Effect.Effect<CheckOutcome> =>
  Effect.map(Effect.exit(Effect.scoped(check)), (exit) => {
    if (Exit.isSuccess(exit)) return { _tag: "Passed" }
    const error = failureOf(exit.cause)
    return error instanceof NotTried ? { _tag: "NotTried", reason: error.reason } : { _tag: "Failed", error }
  })
