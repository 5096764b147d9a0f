/** The hosts that engines run on, for operators (`/api/v1/admin/engine-hosts`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { Timestamp } from "../Fields.ts"
import { line } from "../Text.ts"
import { OptionalReason } from "./Reason.ts"

/** The name of a host, as the backends' settings have it. */
const hostId = line(128)

/** A host of engines, as the backend that answers sees it. */
export const EngineHost = Schema.Struct({
  host_id: Schema.String,
  /** False for one that isn't in the settings of the backend that answers, too. */
  answers: Schema.Boolean,
  /** It is in the settings of the backend that answers. One that isn't is named by rows of games, or was never forgotten. */
  in_settings: Schema.Boolean,
  /** It gets no further games, and where there are several hosts its games move to others between their turns. */
  draining: Schema.Boolean,
  /** Games in play whose engine runs there, or ran there last. */
  games: Schema.Int,
  /** Those of them whose state is there alone: they can't be moved, and wait while the host is away. */
  games_bound: Schema.Int,
  /** Engines that may run there at once; absent where there is no bound. */
  most: Schema.optionalKey(Schema.Int),
  /** When any backend last heard of it; absent where there is one host only, and of one that was never heard of. */
  seen_at: Schema.optionalKey(Timestamp),
  /** What keeps it from starting engines, or has to be mended while it starts them. */
  trouble: Schema.optionalKey(Schema.String)
})

const change = { params: { host_id: hostId }, payload: [OptionalReason, Schema.Null], success: EngineHost } as const

/** Hosts of engines; those that only rows of games name are among them. */
export class AdminEngineHostsGroup extends HttpApiGroup.make("adminEngineHosts")
  .add(
    HttpApiEndpoint.get("list", "/", {
      success: Schema.Struct({ engine_hosts: Schema.Array(EngineHost) }),
      error: wireErrors
    }),
    HttpApiEndpoint.post("drain", "/:host_id/drain", { ...change, error: wireErrors }),
    HttpApiEndpoint.post("undrain", "/:host_id/undrain", { ...change, error: wireErrors }),
    /** Of a host that is gone for good. `conflict`, `in_use`, while the backend has it in its settings or games name it. */
    HttpApiEndpoint.post("forget", "/:host_id/forget", { ...change, error: wireErrors })
  )
  .prefix("/api/v1/admin/engine-hosts") {}
