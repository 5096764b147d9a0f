/** What administrators order of a game's engine. Each order is stored, and the game's owner carries it out. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { EngineVersions, type NoEngineVersion } from "../engine/EngineVersions.ts"
import { isPatchOf } from "../engine/versions.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { note } from "../shared/SideEffects.ts"
import { StorageError } from "../shared/StorageError.ts"
import { GameNotRunning, NotAPatch, RuntimeNotFound, TurnBeingMade } from "./RuntimeError.ts"
import type { RuntimeChange, RuntimeRow, RuntimeStatus } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"

type Refusal = RuntimeNotFound | GameNotRunning | TurnBeingMade | StorageError

/**
 * Orders about engines, for games in play, paused ones too. While a turn is being made they are refused with
 * `TurnBeingMade`, and for any other game with `GameNotRunning`. Repeating one that waits changes nothing.
 */
export class EngineJobs extends Context.Service<
  EngineJobs,
  {
    /** The engine is ended and started anew, on its version. */
    restart(gameId: GameId): Effect.Effect<RuntimeRow, Refusal>
    /**
     * The same on a newer version that differs in nothing but the patch number (`NotAPatch` otherwise) and is enabled
     * (`NoEngineVersion`). If it doesn't get up, the version before comes back. The version that the game runs on is
     * accepted, and nothing happens.
     */
    patch(gameId: GameId, version: string): Effect.Effect<RuntimeRow, Refusal | NotAPatch | NoEngineVersion>
  }
>()("@galaxy/core/runtime/EngineJobs") {}

const renewable: ReadonlySet<RuntimeStatus> = new Set(["running", "generation_failed"])

/** `EngineJobs` over PostgreSQL. */
export const layer: Layer.Layer<
  EngineJobs,
  never,
  SqlClient.SqlClient | DatabaseSignal | RuntimeStore | EngineVersions
> = Layer.effect(
  EngineJobs,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const signal = yield* DatabaseSignal
    const store = yield* RuntimeStore
    const versions = yield* EngineVersions

    const renewableRow = Effect.fnUntraced(function* (gameId: GameId) {
      const found = yield* store.lock(gameId)
      if (Option.isNone(found)) return yield* new RuntimeNotFound()
      const { status } = found.value
      if (status === "generation_in_progress") return yield* new TurnBeingMade()
      if (!renewable.has(status)) return yield* new GameNotRunning({ status })
      return found.value
    })

    const order = Effect.fnUntraced(function* (row: RuntimeRow, change: RuntimeChange) {
      const task = { next_attempt_at: null, attempts: 0, ...change }
      const written = yield* Effect.catchTag(store.write(row, task), "RuntimeStale", Effect.die)
      yield* note({ kind: "engine", what: change.engine_task ?? "restart" })
      yield* signal.send("galaxy_runtime")
      return written
    })

    const restart = Effect.fnUntraced(function* (gameId: GameId) {
      const row = yield* renewableRow(gameId)
      return row.engine_task === null ? yield* order(row, { engine_task: "restart" }) : row
    })

    const patch = Effect.fnUntraced(function* (gameId: GameId, wanted: string) {
      const row = yield* renewableRow(gameId)
      const present = row.engine_version ?? ""
      if (wanted === present) return row
      if (!isPatchOf(wanted, present)) return yield* new NotAPatch({ version: wanted, present })
      const version = yield* versions.pick(wanted)
      return yield* order(row, {
        engine_task: "patch",
        engine_version: version.version,
        image_ref: version.image_ref,
        image_id: null,
        // A second patch before the first is carried out goes back to where both began.
        previous_version: row.engine_task === "patch" ? row.previous_version : row.engine_version,
        previous_image: row.engine_task === "patch" ? row.previous_image : row.image_ref
      })
    })

    return EngineJobs.of({
      restart: Effect.fn("EngineJobs.restart")((gameId) => StorageError.refail(sql.withTransaction(restart(gameId)))),
      patch: Effect.fn("EngineJobs.patch")((gameId, version) =>
        StorageError.refail(sql.withTransaction(patch(gameId, version)))
      )
    })
  })
)
