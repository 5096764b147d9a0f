/** Recognises requests for routes that don't exist, for every listener that answers them with an error body. */
import { HttpServerError } from "effect/http"

/** Returns whether a router failed because no route has the request's path and method. */
export const isRouteNotFound = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
