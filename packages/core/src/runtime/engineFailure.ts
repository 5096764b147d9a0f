/** Why an attempt failed that needed the game's engine: the engine's own end says more than a call that was cut off. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { type Cause, Effect, Option } from "effect"
import type { EngineEnd, EngineHost } from "../engine/EngineHost.ts"
import { reasonOf } from "./Attempts.ts"

/** The first typed error of a failed attempt; undefined for defects. */
export const errorOf = <E>(cause: Cause.Cause<E>): E | undefined =>
  cause.reasons.find((it) => it._tag === "Fail")?.error

/**
 * How the engine ended if that is what the attempt failed of, and otherwise the text of `reasonOf`. Fails with the cause
 * itself where the attempt didn't fail: it was interrupted, or another owner has taken the game over.
 */
export const engineFailure = <E extends { readonly _tag: string }>(
  host: EngineHost["Service"],
  gameId: GameId,
  cause: Cause.Cause<E>
): Effect.Effect<EngineEnd, E> => {
  const error = errorOf(cause)
  if (cause.reasons.some((it) => it._tag === "Interrupt") || error?._tag === "RuntimeStale") {
    return Effect.failCause(cause)
  }
  const own: EngineEnd = { reason: reasonOf(cause), outOfMemory: false }
  return error?._tag === "EngineUnreachable" || error?._tag === "EngineStartFailed"
    ? Effect.map(
        host.ended(gameId),
        Option.match({
          onNone: () => own,
          // An engine that ended while it started has left its own last words.
          onSome: (end) => (end.outOfMemory || error._tag === "EngineUnreachable" ? end : own)
        })
      )
    : Effect.succeed(own)
}
