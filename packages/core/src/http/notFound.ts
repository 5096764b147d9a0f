/**
 * Answers requests that no route takes: 405 with the allowed methods if the path is known, else 404.
 *
 * It wraps the routes instead of being one: a catch-all route would take HEAD requests from the GET routes that answer
 * them.
 */
import { isRouteNotFound } from "@galaxy/contract/api/isRouteNotFound"
import { Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import type { HttpApi } from "effect/http-api"
import { json, pathOf } from "../shared/http/shape.ts"

/** A route as an API declares it. */
export interface Route {
  readonly method: string
  readonly path: string
}

/** The routes of some APIs, with paths such as `/games/:game_id`. */
export const routesOf = (apis: ReadonlyArray<HttpApi.Constraint>): ReadonlyArray<Route> =>
  apis.flatMap((api) =>
    Object.values((api as unknown as HttpApi.Top).groups).flatMap((group) => Object.values(group.endpoints))
  )

const patternOf = (path: string) => new RegExp(`^${path.replace(/\/$/, "").replace(/:[A-Za-z_]+/g, "[^/]+")}/?$`, "i")

/** Wraps the routes of `apis` and `others`. Their paths are compared without regard to case or a trailing slash. */
export const notFound = (apis: ReadonlyArray<HttpApi.Constraint>, others: ReadonlyArray<Route> = []) => {
  const routes = [...routesOf(apis), ...others].map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  const none = Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
    const path = pathOf(request)
    const allowed = [...new Set(routes.filter((it) => it.pattern.test(path)).map((it) => it.method))]
    // A path may match here although the router refused it, for example because a part is too long.
    return allowed.length === 0 || allowed.includes(request.method)
      ? json("not_found", "there is no such route")
      : json("method_not_allowed", `use ${allowed.join(" or ")}`, { allow: allowed.join(", ") })
  })
  return <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.catchIf(http, isRouteNotFound, () => none)
}
