/** How a call to an engine fails. */
import type { ApiErrorCode } from "@galaxy/contract/api/ApiError"
import { Schema } from "effect"

/** The engine said no; its code and words are passed on. */
export class EngineRefused extends Schema.TaggedError<EngineRefused>()("EngineRefused", {
  code: Schema.Literals([
    "invalid_request",
    "not_found",
    "conflict",
    "payload_too_large",
    "forbidden"
  ] satisfies ReadonlyArray<ApiErrorCode>),
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The engine doesn't answer, or not in a form that can be understood. */
export class EngineUnreachable extends Schema.TaggedError<EngineUnreachable>()("EngineUnreachable", {
  reason: Schema.String
}) {}
