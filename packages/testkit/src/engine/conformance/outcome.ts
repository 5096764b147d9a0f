/**
 * Runs a check and says how it went in the words of the check alone: no log, and no frames of what ran it.
 */
import { Cause, Effect, Exit, type Scope } from "effect"
import { NotTried } from "./Check.ts"

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

export const outcomeOf = (check: Effect.Effect<void, unknown, Scope.Scope>): Effect.Effect<CheckOutcome> =>
  Effect.map(Effect.exit(Effect.scoped(check)), (exit) => {
    if (Exit.isSuccess(exit)) return { _tag: "Passed" }
    const error = failureOf(exit.cause)
    return error instanceof NotTried ? { _tag: "NotTried", reason: error.reason } : { _tag: "Failed", error }
  })
