/** What the runtime refuses, one class per condition. */
import type { ApiErrorCode } from "@galaxy/contract/api/ApiError"
import { Schema } from "effect"

/** The game was never started. */
export class RuntimeNotFound extends Schema.TaggedError<RuntimeNotFound>()("RuntimeNotFound", {}) {}

/** The game is in a state that doesn't allow this. */
export class GameNotRunning extends Schema.TaggedError<GameNotRunning>()("GameNotRunning", {
  status: Schema.String
}) {
  override get message(): string {
    return `the game is ${this.status}`
  }
}

/** The turn is being generated: orders for it come too late. */
export class TurnWindowClosed extends Schema.TaggedError<TurnWindowClosed>()("TurnWindowClosed", {}) {}

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

export type RuntimeError = RuntimeNotFound | GameNotRunning | TurnWindowClosed | EngineRefused | EngineUnreachable
