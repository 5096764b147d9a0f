/** Brings a game's engine up for those who ask for it: players, operators, and the watch of engines. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option, Schedule } from "effect"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineHost, type EngineInstance } from "../engine/EngineHost.ts"
import { serves } from "./DueWork.ts"
import * as EnginePlacing from "./EnginePlacing.ts"
import { runOf } from "./engineSpec.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"

/** The row may be written meanwhile, by an order that has nothing to do with the engine: then it is read again. */
const ifChanged = Schedule.recurs(3)

/**
 * Makes sure that the game's engine runs and can serve, and notes in the row which one it is. Fails with
 * `EngineUnreachable` for a game that has not been started, and if the engine doesn't get ready. Calls for one game must
 * not overlap with any work on it.
 */
export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const host = yield* EngineHost
  const placing = yield* EnginePlacing.make

  /** The engine of a turn that is being made, if it runs. It answers no probe, and must not be ended for that. */
  const computing = (row: RuntimeRow): Effect.Effect<Option.Option<EngineInstance>> => {
    // Without an endpoint its start was cut off: it may not have its state yet.
    const run = row.status === "generation_in_progress" && row.engine_endpoint !== null ? runOf(row) : undefined
    return run === undefined ? Effect.succeedNone : Effect.map(Effect.option(host.inspect(run)), Option.flatten)
  }

  const up = Effect.fnUntraced(function* (gameId: GameId) {
    const found = yield* store.find(gameId)
    if (Option.isNone(found) || !serves(found.value)) {
      return yield* new EngineUnreachable({ reason: "the game has no engine" })
    }
    const atWork = yield* computing(found.value)
    if (Option.isSome(atWork)) return atWork.value
    const own: EnginePlacing.OwnRow = { row: found.value }
    const players = (yield* store.seats(gameId)).length
    const { change, instance } = yield* placing.hold(own, players)
    if (Object.keys(change).length > 0) {
      yield* store.write(own.row, {
        ...change,
        generating_since: null,
        last_observed_at: yield* DateTime.nowAsDate
      })
    }
    return instance
  }, Effect.scoped)

  return (gameId: GameId): Effect.Effect<EngineInstance, EngineUnreachable> =>
    up(gameId).pipe(
      Effect.retry({ schedule: ifChanged, while: (error) => error._tag === "RuntimeStale" }),
      Effect.catchTag(["EngineStartFailed", "StorageError", "RuntimeStale"], (error) =>
        Effect.fail(
          new EngineUnreachable({
            reason:
              error._tag === "EngineStartFailed"
                ? error.reason
                : error._tag === "StorageError"
                  ? "storage"
                  : "the game has changed meanwhile"
          })
        )
      ),
      Effect.annotateLogs({ game_id: gameId })
    )
})
