/**
 * Has owners bring up the engines of games whose players were just refused, so that their next try succeeds.
 *
 * Nobody waits for it, and of a game one at a time is asked for: whatever comes to nothing is asked for again by the next
 * player's call.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, FiberMap, type Scope } from "effect"
import { Runtimes } from "../runtime/Runtimes.ts"

/** Most games at once; the watch of engines sees to the rest. */
const mostAtOnce = 64

/** Asks for a game's engine until the scope ends. */
export const make: Effect.Effect<(gameId: GameId) => Effect.Effect<void>, never, Runtimes | Scope.Scope> = Effect.gen(
  function* () {
    const runtimes = yield* Runtimes
    const asked = yield* FiberMap.make<GameId>()
    return (gameId) =>
      Effect.suspend(() => {
        if (FiberMap.hasUnsafe(asked, gameId) || asked.state._tag === "Closed") return Effect.void
        return Effect.flatMap(FiberMap.size(asked), (size) =>
          size >= mostAtOnce
            ? Effect.void
            : Effect.asVoid(
                FiberMap.run(asked, gameId, Effect.ignore(runtimes.engine(gameId)), { onlyIfMissing: true })
              )
        )
      })
  }
)
