/** Answers requests that don't decode with `invalid_request`, on every surface of the backend. */
import { HttpApiMiddleware } from "effect/http-api"
import { InvalidRequestWire } from "./ApiError.ts"

export class InputErrors extends HttpApiMiddleware.Service<InputErrors>()("@galaxy/contract/api/InputErrors", {
  error: InvalidRequestWire
}) {}
