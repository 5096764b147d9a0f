/** Why an attempt failed that needed the game's engine: the engine's own end says more than a call that was cut off. */
import { type Cause, Effect, Option } from "effect"
import type { EngineEnd, EngineHost } from "../engine/EngineHost.ts"
import { reasonOf } from "./Attempts.ts"
import { runOf } from "./engineSpec.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/** The first typed error of a failed attempt; undefined for defects. */
export const errorOf = <E>(cause: Cause.Cause<E>): E | undefined =>
  cause.reasons.find((it) => it._tag === "Fail")?.error

/**
 * How the engine that the row names ended if that is what the attempt failed of, and otherwise the text of `reasonOf`. Fails with the cause
 * itself where the attempt didn't fail: it was interrupted, or another owner has taken the game over.
 */
export const engineFailure = <E extends { readonly _tag: string }>(
  host: EngineHost["Service"],
  row: RuntimeRow,
  cause: Cause.Cause<E>
): Effect.Effect<EngineEnd, E> => {
  const error = errorOf(cause)
  if (cause.reasons.some((it) => it._tag === "Interrupt") || error?._tag === "RuntimeStale") {
    return Effect.failCause(cause)
  }
  const own: EngineEnd = { reason: reasonOf(cause), outOfMemory: false }
  const run = runOf(row)
  return run !== undefined && (error?._tag === "EngineUnreachable" || error?._tag === "EngineStartFailed")
    ? Effect.map(
        host.ended(run),
        Option.match({
          onNone: () => own,
          // An engine that ended while it started has left its own last words.
          onSome: (end) => (end.outOfMemory || error._tag === "EngineUnreachable" ? end : own)
        })
      )
    : Effect.succeed(own)
}
