/** Where a player's request comes from, according to the gateway. */
import { Option } from "effect"
import type { HttpServerRequest } from "effect/http"

/** The player's address: leftmost in `X-Forwarded-For`, which the gateway has cleaned, else the peer's. */
export const sourceIp = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const forwarded = request.headers["x-forwarded-for"]?.split(",")[0]?.trim()
  if (forwarded !== undefined && forwarded !== "") return forwarded.slice(0, 64)
  return Option.getOrUndefined(request.remoteAddress)
}
