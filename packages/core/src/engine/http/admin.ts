/** The registry of engine versions, for operators. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { NotFound } from "@galaxy/contract/api/ApiError"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { EngineVersions } from "../EngineVersions.ts"

const toApi = toApiWith(errors)

/**
 * Handlers of `AdminApi`'s group `adminEngineVersions`: listing, registering and disabling. Here an unknown version is
 * `not_found`, since it is named in the path; elsewhere it is a conflict.
 */
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
