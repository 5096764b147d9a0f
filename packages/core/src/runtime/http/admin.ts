/** Runtimes on the admin surface: an operator's view of a game in play. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { type DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited } from "../../audit/Audited.ts"
import { errors as engineErrors } from "../../engine/http/errors.ts"
import { present } from "../../shared/rows.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { pageOf, type PagePosition, type PageRequest } from "../../shared/Page.ts"
import { withoutNulls } from "../../shared/rows.ts"
import type { StorageError } from "../../shared/StorageError.ts"
import { EngineJobs } from "../EngineJobs.ts"
import { HealthLog, type HealthSnapshot } from "../HealthLog.ts"
import { OperationLog, type OperationRow } from "../OperationLog.ts"
import { errors } from "./errors.ts"
import { Runtimes } from "../Runtimes.ts"
import { healthNow, type RuntimeRow } from "../RuntimeRow.ts"

const toApi = toApiWith({ ...errors, ...engineErrors })

const view = (row: RuntimeRow) => ({
  game_id: row.game_id,
  status: row.paused && row.status === "running" ? "paused" : row.status,
  current_turn: row.current_turn,
  ...present("engine_version", row.engine_version),
  ...present("image_ref", row.image_ref),
  ...present("engine_instance", row.current_container_id),
  ...present("generating_turn", row.generating_turn),
  ...present("generating_since", row.generating_since),
  // After a failed turn nothing is made by the schedule.
  ...present("next_turn_at", row.status === "generation_failed" ? null : row.next_turn_at),
  ...present("failure_reason", row.failure_reason),
  ...present("started_at", row.started_at),
  ...present("engine_task", row.engine_task),
  ...withoutNulls(healthNow(row)),
  ...present("last_observed_at", row.last_observed_at)
})

const operationView = ({ created_at, ...row }: OperationRow) => ({ ...withoutNulls(row), started_at: created_at })

const snapshotView = ({ snapshot_id, created_at, payload }: HealthSnapshot) => ({
  snapshot_id,
  observed_at: created_at,
  health: payload.health,
  ...present("detail", payload.detail),
  ...present("engine_instance", payload.instance)
})

/**
 * Handlers of `AdminApi`'s group `adminRuntimes`. The seed and the
 * engine's address are not shown.
 */
export const runtimes = HttpApiBuilder.group(
  AdminApi,
  "adminRuntimes",
  Effect.fnUntraced(function* (handlers) {
    const runtimes = yield* Runtimes
    const engines = yield* EngineJobs
    const operations = yield* OperationLog
    const health = yield* HealthLog

    /** A page of what belongs to a game that has a runtime. */
    const page = <A extends { readonly created_at: DateTime.Utc }>(
      gameId: GameId,
      request: PageRequest,
      list: (gameId: GameId, after: PagePosition, limit: number) => Effect.Effect<ReadonlyArray<A>, StorageError>,
      idOf: (row: A) => string
    ) =>
      Effect.gen(function* () {
        yield* runtimes.get(gameId)
        return yield* pageOf(request, (after, limit) => list(gameId, after, limit), idOf)
      })

    /** For the audit log: with the row's lock nobody else changes it between the view before and the one after. */
    const viewOf = (gameId: GameId) => Effect.map(runtimes.lock(gameId), view)
    return handlers
      .handle(
        "get",
        Effect.fnUntraced(function* ({ params }) {
          return view(yield* runtimes.get(params.game_id))
        }, toApi)
      )
      .handle(
        "forceNextTurn",
        Effect.fnUntraced(function* ({ params, payload }) {
          return yield* audited(
            {
              name: "runtime.force_next_turn",
              target: { kind: "game", id: params.game_id },
              reason: payload?.reason,
              view: viewOf(params.game_id)
            },
            Effect.map(runtimes.forceNextTurn(params.game_id, payload?.expected_turn), view)
          )
        }, toApi)
      )
      .handle("restart", ({ params: { game_id: id }, payload }) =>
        toApi(
          audited(
            { name: "runtime.restart", target: { kind: "game", id }, reason: payload.reason, view: viewOf(id) },
            Effect.map(engines.restart(id), view)
          )
        )
      )
      .handle("patch", ({ params: { game_id: id }, payload }) =>
        toApi(
          audited(
            { name: "runtime.patch", target: { kind: "game", id }, reason: payload.reason, view: viewOf(id) },
            Effect.map(engines.patch(id, payload.version), view)
          )
        )
      )
      .handle(
        "operations",
        Effect.fnUntraced(function* ({ params, query }) {
          const { rows, next } = yield* page(params.game_id, query, operations.list, (it) => it.operation_id)
          return { operations: rows.map(operationView), ...next }
        }, toApi)
      )
      .handle(
        "health",
        Effect.fnUntraced(function* ({ params, query }) {
          const { rows, next } = yield* page(params.game_id, query, health.list, (it) => it.snapshot_id)
          return { health: rows.map(snapshotView), ...next }
        }, toApi)
      )
  })
)
