/** How every surface of the backend answers requests that don't decode. */
import { HttpApiMiddleware } from "effect/http-api"
import { InvalidRequestWire, NotFoundWire } from "./ApiError.ts"

/**
 * A malformed id in the path is `not_found`, as if it named an object that doesn't exist. Anything else that doesn't
 * decode is `invalid_request`, with a message that names the part. An answer that doesn't encode is a defect.
 */
export class InputErrors extends HttpApiMiddleware.Service<InputErrors>()("@galaxy/contract/api/InputErrors", {
  error: [InvalidRequestWire, NotFoundWire]
}) {}
