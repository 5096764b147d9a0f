/** Measures how long answers take, by route. */
import { histogram } from "@galaxy/contract/telemetry/instruments"
import { Clock, Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { knownMethod, routeTemplates } from "./routeTemplate.ts"
import { pathOf } from "./shape.ts"

const duration = histogram("http.server.request.duration")

/** Wraps all routes of a listener; `paths` are their templates. */
export const measured = (paths: Iterable<string>) => {
  const templateOf = routeTemplates(paths)
  return <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const started = yield* Clock.currentTimeMillis
      const response = yield* http
      const seconds = Math.max(0, (yield* Clock.currentTimeMillis) - started) / 1_000
      duration(seconds, knownMethod(request.method), templateOf(pathOf(request)), `${response.status}`)
      return response
    })
}
