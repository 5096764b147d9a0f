/** Refusals that don't come from a handler, in the error envelope. */
import { type ApiErrorCode, body, type ReasonOf, statusOf } from "@galaxy/contract/api/ApiError"
import { HttpServerResponse } from "effect/http"

/** A response with the envelope of an error code and the HTTP status that belongs to the code. */
export const refusal = <C extends ApiErrorCode>(code: C, message: string, reason?: ReasonOf<C>) =>
  HttpServerResponse.jsonUnsafe(body(code, message, reason), { status: statusOf[code] })

/** The response to a request without the right token. */
export const unauthorized = refusal("unauthorized", "the engine's token is missing or wrong")
