/** The registry of engine versions, for operators. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { NotFound } from "@galaxy/contract/api/ApiError"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { EngineVersions } from "../EngineVersions.ts"
import { EngineVersionUse } from "../EngineVersionUse.ts"

const toApi = toApiWith(errors)

/**
 * Handlers of `AdminApi`'s group `adminEngineVersions`: listing, registering, changing and disabling. Here an unknown version is
 * `not_found`, since it is named in the path; elsewhere it is a conflict.
 */
export const engineVersions = HttpApiBuilder.group(
  AdminApi,
  "adminEngineVersions",
  Effect.fnUntraced(function* (handlers) {
    const versions = yield* EngineVersions
    const use = yield* EngineVersionUse
    const found = (version: string) => Effect.map(versions.list, (all) => all.find((it) => it.version === version))
    return handlers
      .handle("list", ({ query }) => toApi(versions.page(query)))
      .handle("register", ({ payload: { version, image_ref, reason } }) =>
        toApi(
          audited(
            { name: "engine_version.register", target: { kind: "engine_version", id: version }, reason },
            versions.register(version, image_ref)
          )
        )
      )
      .handle("disable", ({ params, payload }) =>
        audited(
          {
            name: "engine_version.disable",
            target: { kind: "engine_version", id: params.version },
            reason: payload?.reason,
            unchanged: sameAsBefore,
            view: found(params.version)
          },
          versions.disable(params.version)
        ).pipe(
          Effect.catchTag("NoEngineVersion", () =>
            Effect.fail(new NotFound({ message: "there is no such engine version" }))
          ),
          Effect.catchTag("StorageError", (error) => toApi(Effect.fail(error)))
        )
      )
      .handle("update", ({ params: { version }, payload: { image_ref, enabled, reason } }) =>
        audited(
          {
            name: "engine_version.update",
            target: { kind: "engine_version", id: version },
            reason,
            unchanged: sameAsBefore,
            view: found(version)
          },
          versions.change(version, { imageRef: image_ref, enabled }, use.inUse(version))
        ).pipe(
          Effect.catchTag("NoEngineVersion", () =>
            Effect.fail(new NotFound({ message: "there is no such engine version" }))
          ),
          Effect.catchTag(["StorageError", "EngineVersionInUse"], (error) => toApi(Effect.fail(error)))
        )
      )
  })
)
