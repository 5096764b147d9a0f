/** Operators' view of runtimes and of the registry of engine versions. */
import { NotFound } from "@galaxy/contract/api/ApiError"
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../http/apiError.ts"
import { EngineVersions } from "./EngineVersions.ts"
import { RuntimeNotFound } from "./RuntimeError.ts"
import { Runtimes } from "./Runtimes.ts"
import type { RuntimeRow } from "./RuntimeStore.ts"

const isGameId = Schema.is(GameId)

const gameIdOf = (params: { readonly game_id: string }) =>
  isGameId(params.game_id) ? Effect.succeed(params.game_id) : Effect.fail(new RuntimeNotFound())

const present = <K extends string, V>(key: K, value: V | null) =>
  (value === null ? {} : { [key]: value }) as { readonly [P in K]?: V }

const view = (row: RuntimeRow) => ({
  game_id: row.game_id,
  status: row.status,
  current_turn: row.current_turn,
  ...present("engine_version", row.engine_version),
  ...present("image_ref", row.image_ref),
  ...present("engine_instance", row.current_container_id),
  ...present("generating_turn", row.generating_turn),
  ...present("next_turn_at", row.next_turn_at),
  ...present("failure_reason", row.failure_reason),
  ...present("started_at", row.started_at),
  ...present("last_observed_at", row.last_observed_at)
})

export const runtimes = HttpApiBuilder.group(
  AdminApi,
  "adminRuntimes",
  Effect.fnUntraced(function* (handlers) {
    const runtimes = yield* Runtimes
    return handlers
      .handle(
        "get",
        Effect.fnUntraced(function* ({ params }) {
          return view(yield* runtimes.get(yield* gameIdOf(params)))
        }, toApi)
      )
      .handle(
        "forceNextTurn",
        Effect.fnUntraced(function* ({ params }) {
          return view(yield* runtimes.forceNextTurn(yield* gameIdOf(params)))
        }, toApi)
      )
  })
)

export const engineVersions = HttpApiBuilder.group(
  AdminApi,
  "adminEngineVersions",
  Effect.fnUntraced(function* (handlers) {
    const versions = yield* EngineVersions
    return handlers
      .handle("list", () => toApi(Effect.map(versions.list, (list) => ({ engine_versions: list }))))
      .handle("register", ({ payload }) => toApi(versions.register(payload.version, payload.image_ref)))
      .handle("disable", ({ params }) =>
        Effect.catchTag(versions.disable(params.version), "NoEngineVersion", () =>
          Effect.fail(new NotFound({ message: "there is no such engine version" }))
        ).pipe(Effect.catchTag("StorageError", (error) => toApi(Effect.fail(error))))
      )
  })
)
