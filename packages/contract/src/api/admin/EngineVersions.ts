/** The registry of engine versions, for operators (`/api/v1/admin/engine-versions`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { engineVersion, paging, Timestamp } from "../Fields.ts"
import { line } from "../Text.ts"
import { OptionalReason, reason } from "./Reason.ts"

/**
 * A version in the registry, the only source of the images that games start with. A disabled version starts no new
 * games; games that run on it go on.
 */
export const EngineVersion = Schema.Struct({
  version: Schema.String,
  image_ref: Schema.String,
  enabled: Schema.Boolean,
  created_at: Timestamp
})

/**
 * Body of `POST /engine-versions`. Repeating it changes nothing; the same version with another image is `conflict`,
 * `exists`.
 */
export const RegisterEngineVersion = Schema.Struct({
  version: engineVersion,
  image_ref: line(512),
  reason: Schema.optionalKey(reason)
})

/**
 * Body of `PATCH /engine-versions/{version}`; what is absent stays. An enabled version may be started and patched to
 * again. While games run on the version, another image is `conflict`, `in_use`.
 */
export const UpdateEngineVersion = Schema.Struct({
  image_ref: Schema.optionalKey(line(512)),
  enabled: Schema.optionalKey(Schema.Boolean),
  reason: Schema.optionalKey(reason)
})

/** The registry of engine versions, listed newest first by version number. Versions are never removed. */
export class AdminEngineVersionsGroup extends HttpApiGroup.make("adminEngineVersions")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: paging,
      success: Schema.Struct({
        engine_versions: Schema.Array(EngineVersion),
        next_cursor: Schema.optionalKey(Schema.String)
      }),
      error: wireErrors
    }),
    HttpApiEndpoint.post("register", "/", {
      payload: RegisterEngineVersion,
      success: EngineVersion,
      error: wireErrors
    }),
    HttpApiEndpoint.patch("update", "/:version", {
      params: { version: engineVersion },
      payload: UpdateEngineVersion,
      success: EngineVersion,
      error: wireErrors
    }),
    HttpApiEndpoint.post("disable", "/:version/disable", {
      params: { version: engineVersion },
      payload: [OptionalReason, Schema.Null],
      success: EngineVersion,
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/engine-versions") {}
