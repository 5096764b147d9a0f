/** Whether a failure of a router is that no route takes the request. */
import { HttpServerError } from "effect/http"

export const isRouteNotFound = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
