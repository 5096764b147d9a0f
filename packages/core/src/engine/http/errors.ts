/** From errors of engines and of their registry to the wire's codes. */
import * as ApiError from "@galaxy/contract/api/ApiError"
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { EngineRefused, EngineUnreachable } from "../EngineError.ts"
import type { EngineVersionInUse, EngineVersionTaken, NoEngineVersion } from "../EngineVersions.ts"

/**
 * One line for each error. An engine's refusal keeps the engine's code and text; the reasons why an engine can't be
 * reached are for operators and stay inside.
 */
export const errors: ErrorTable<
  EngineRefused | EngineUnreachable | EngineVersionTaken | EngineVersionInUse | NoEngineVersion
> = {
  EngineRefused: (it) =>
    it.code === "conflict"
      ? ApiError.make("conflict", it.message, it.condition ?? "wrong_state")
      : ApiError.make(it.code, it.message),
  EngineUnreachable: ["service_unavailable", "the game's engine can't be reached at present"],
  EngineVersionTaken: ["conflict", (it) => `version ${it.version} is registered with another image`, "exists"],
  EngineVersionInUse: [
    "conflict",
    (it) => `games run on version ${it.version}; register its image as another one`,
    "in_use"
  ],
  NoEngineVersion: ["conflict", "there is no such engine version, or it is disabled", "version_disabled"]
}
