/** Answers to requests that don't decode, the same on all surfaces of the backend. */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { InputErrors } from "@galaxy/contract/api/InputErrors"
import { Effect, type Layer, type Schema, SchemaIssue } from "effect"
import { HttpApiMiddleware } from "effect/http-api"

/** The object that each path parameter identifies. A malformed id is answered like that of an unknown object. */
const nounOf: Readonly<Record<string, string>> = {
  application_id: "application",
  audit_id: "audit row",
  code: "sanction or limit",
  delivery_id: "mail",
  device_session_id: "session",
  game_id: "game",
  invite_id: "invite",
  membership_id: "membership",
  notification_id: "notification",
  user_id: "account",
  username: "administrator",
  version: "engine version"
}

/** The object whose id in the path is malformed; undefined if another part of the path is. */
const missingObject = (error: Schema.SchemaError): string | undefined => {
  const [first] = SchemaIssue.makeFormatterStandardSchemaV1()(error.issue).issues
  const parameter = first?.path?.[0]
  return typeof parameter === "string" ? nounOf[parameter] : undefined
}

/** Says which part of the input is malformed, and how. An answer of ours that doesn't encode is a defect. */
export const inputErrors: Layer.Layer<InputErrors> = HttpApiMiddleware.layerSchemaErrorTransform(
  InputErrors,
  (error, { endpoint, group }) => {
    if (error.kind === "Body" || error.kind === "ResponseHeaders") {
      return Effect.die(new Error(`the answer of ${group.identifier}.${endpoint.identifier} doesn't fit its schema`))
    }
    const missing = error.kind === "Params" ? missingObject(error.cause) : undefined
    if (missing !== undefined) return Effect.fail(new ApiError.NotFound({ message: `no such ${missing}` }))
    const problem = error.cause.message.replace(/\s+/g, " ").slice(0, 400)
    return Effect.fail(new ApiError.InvalidRequest({ message: `${error.kind.toLowerCase()}: ${problem}` }))
  }
)
