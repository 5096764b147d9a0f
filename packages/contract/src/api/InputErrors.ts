/**
 * Answers requests that don't decode, on every surface of the backend: a malformed id in a path is `not_found`, everything
 * else `invalid_request`.
 */
import { HttpApiMiddleware } from "effect/http-api"
import { InvalidRequestWire, NotFoundWire } from "./ApiError.ts"

export class InputErrors extends HttpApiMiddleware.Service<InputErrors>()("@galaxy/contract/api/InputErrors", {
  error: [InvalidRequestWire, NotFoundWire]
}) {}
