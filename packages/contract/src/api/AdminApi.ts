/** The operators' surface (`/api/v1/admin`), behind Basic authentication against the backend's own accounts. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { int, label, Timestamp } from "./Fields.ts"
import { AdminIdentity } from "./Identity.ts"
import { InputErrors } from "./InputErrors.ts"

export const Runtime = Schema.Struct({
  game_id: GameId,
  status: Schema.String,
  engine_version: Schema.optionalKey(Schema.String),
  image_ref: Schema.optionalKey(Schema.String),
  engine_instance: Schema.optionalKey(Schema.String),
  current_turn: Schema.Int,
  generating_turn: Schema.optionalKey(Schema.Int),
  next_turn_at: Schema.optionalKey(Timestamp),
  failure_reason: Schema.optionalKey(Schema.String),
  started_at: Schema.optionalKey(Timestamp),
  last_observed_at: Schema.optionalKey(Timestamp)
})

export const EngineVersion = Schema.Struct({
  version: Schema.String,
  image_ref: Schema.String,
  enabled: Schema.Boolean,
  created_at: Timestamp
})

export const RegisterEngineVersion = Schema.Struct({
  /** Semantic version `major.minor.patch`. */
  version: label(64).check(Schema.isPattern(/^\d+\.\d+\.\d+$/)),
  image_ref: label(512)
})

/** An empty one, or no body: a turn at once, whatever turn the game is at. */
export const ForceNextTurn = Schema.Struct({
  /** The newest turn that the caller knows of as made. Several calls with the same one make one turn. */
  expected_turn: Schema.optionalKey(int(0, 1_000_000))
})

const ofGame = { params: { game_id: GameId }, success: Runtime, error: wireErrors } as const

export class AdminRuntimesGroup extends HttpApiGroup.make("adminRuntimes")
  .add(
    HttpApiEndpoint.get("get", "/:game_id", ofGame),
    HttpApiEndpoint.post("forceNextTurn", "/:game_id/force-next-turn", {
      ...ofGame,
      payload: [ForceNextTurn, Schema.Null]
    })
  )
  .prefix("/api/v1/admin/runtimes") {}

export class AdminEngineVersionsGroup extends HttpApiGroup.make("adminEngineVersions")
  .add(
    HttpApiEndpoint.get("list", "/", {
      success: Schema.Struct({ engine_versions: Schema.Array(EngineVersion) }),
      error: wireErrors
    }),
    HttpApiEndpoint.post("register", "/", {
      payload: RegisterEngineVersion,
      success: EngineVersion,
      error: wireErrors
    }),
    HttpApiEndpoint.post("disable", "/:version/disable", {
      params: { version: Schema.String },
      success: EngineVersion,
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/engine-versions") {}

export class AdminApi extends HttpApi.make("admin")
  .add(AdminRuntimesGroup, AdminEngineVersionsGroup)
  .middleware(AdminIdentity)
  .middleware(InputErrors) {}
