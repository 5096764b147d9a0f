/** Runtimes on the admin surface: an operator's view of a game in play. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { Runtimes } from "../Runtimes.ts"
import type { RuntimeRow } from "../RuntimeRow.ts"

const toApi = toApiWith(errors)

const present = <K extends string, V>(key: K, value: V | null) =>
  (value === null ? {} : { [key]: value }) as { readonly [P in K]?: V }

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
  ...present("last_observed_at", row.last_observed_at)
})

/**
 * Handlers of `AdminApi`'s group `adminRuntimes`: reading a runtime and forcing its next turn. The seed and the
 * engine's address are not shown.
 */
export const runtimes = HttpApiBuilder.group(
  AdminApi,
  "adminRuntimes",
  Effect.fnUntraced(function* (handlers) {
    const runtimes = yield* Runtimes
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
              view: Effect.map(runtimes.get(params.game_id), view)
            },
            Effect.map(runtimes.forceNextTurn(params.game_id, payload?.expected_turn), view)
          )
        }, toApi)
      )
  })
)
