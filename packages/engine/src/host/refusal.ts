/** A refusal that no handler answers, in the envelope of errors. */
import { type ApiErrorCode, body, statusOf } from "@galaxy/contract/api/ApiError"
import { HttpServerResponse } from "effect/http"

export const refusal = (code: ApiErrorCode, message: string) =>
  HttpServerResponse.jsonUnsafe(body(code, message), { status: statusOf[code] })

export const unauthorized = refusal("unauthorized", "the engine's token is missing or wrong")
