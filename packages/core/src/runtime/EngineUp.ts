/** Brings a game's engine up for those who ask for it: players, operators, and the watch of engines. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option } from "effect"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { EngineReady } from "../engine/EngineReady.ts"
import { serves } from "./DueWork.ts"
import { specOf } from "./engineSpec.ts"
import { RuntimeStore } from "./RuntimeStore.ts"

/**
 * Makes sure that the game's engine runs and can serve, and notes in the row which one it is. Fails with
 * `EngineUnreachable` for a game that has not been started, and if the engine doesn't get ready. Calls for one game must
 * not overlap with any work on it.
 */
export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const host = yield* EngineHost
  const ready = yield* EngineReady

  return (gameId: GameId) =>
    Effect.gen(function* () {
      const row = yield* store.find(gameId)
      if (Option.isNone(row) || !serves(row.value)) {
        return yield* new EngineUnreachable({ reason: "the game has no engine" })
      }
      const found = yield* host.inspect(gameId)
      // It may be computing: then it answers no health check, and must not be ended for that.
      if (row.value.status === "generation_in_progress" && Option.isSome(found)) return found.value
      const instance = yield* Effect.scoped(ready.hold(specOf(row.value, (yield* store.seats(gameId)).length)))
      if (row.value.current_container_id !== instance.instanceId) {
        const seen = {
          current_container_id: instance.instanceId,
          engine_endpoint: instance.endpoint.origin,
          generating_since: null,
          last_observed_at: yield* DateTime.nowAsDate
        }
        yield* Effect.catchTag(store.write(row.value, seen), "RuntimeStale", () => Effect.void)
      }
      return instance
    }).pipe(
      Effect.catchTag(["EngineStartFailed", "StorageError"], (error) =>
        Effect.fail(new EngineUnreachable({ reason: error._tag === "StorageError" ? "storage" : error.reason }))
      ),
      Effect.annotateLogs({ game_id: gameId })
    )
})
