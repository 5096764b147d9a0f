/** What the errors of engines and of their registry are on the wire. */
import * as ApiError from "@galaxy/contract/api/ApiError"
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { EngineRefused, EngineUnreachable } from "../EngineError.ts"
import type { EngineVersionTaken, NoEngineVersion } from "../EngineVersions.ts"

export const errors: ErrorTable<EngineRefused | EngineUnreachable | EngineVersionTaken | NoEngineVersion> = {
  EngineRefused: (it) => ApiError.make(it.code, it.message),
  EngineUnreachable: ["service_unavailable", "the game's engine can't be reached at present"],
  EngineVersionTaken: ["conflict", (it) => `version ${it.version} is registered with another image`, "exists"],
  NoEngineVersion: ["conflict", "there is no such engine version, or it is disabled", "version_disabled"]
}
