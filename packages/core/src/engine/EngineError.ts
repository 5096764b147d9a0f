/** How calls to an engine fail. */
import { type ApiErrorCode, reasonsOf } from "@galaxy/contract/api/ApiError"
import { Schema } from "effect"

/** The engine refused the call. Its code and its text, cut to a bound, are passed on to the caller. */
export class EngineRefused extends Schema.TaggedError<EngineRefused>()("EngineRefused", {
  code: Schema.Literals([
    "invalid_request",
    "not_found",
    "conflict",
    "payload_too_large",
    "forbidden"
  ] satisfies ReadonlyArray<ApiErrorCode>),
  reason: Schema.String,
  /** Of a conflict: which condition, where the engine names one that the platform knows. */
  condition: Schema.optionalKey(Schema.Literals(reasonsOf.conflict))
}) {
  override get message(): string {
    return this.reason
  }
}

/** The engine doesn't answer, fails, or sends something that can't be understood. `reason` is for operators. */
export class EngineUnreachable extends Schema.TaggedError<EngineUnreachable>()("EngineUnreachable", {
  reason: Schema.String,
  /** It has not answered in time, and may still be at work on the call. */
  overdue: Schema.optionalKey(Schema.Boolean),
  /** There was no connection, or it ended before the answer: the engine is probably gone. */
  lost: Schema.optionalKey(Schema.Boolean),
  /** Of one that is lost: nothing took the connection, so that nothing was sent. */
  unsent: Schema.optionalKey(Schema.Boolean),
  /** Something answered that takes another token: it isn't this run of the game's engine, and has done nothing. */
  stranger: Schema.optionalKey(Schema.Boolean)
}) {}
