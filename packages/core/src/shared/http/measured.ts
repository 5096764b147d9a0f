/** Measures how long answers take, by route. */
import { histogram } from "@galaxy/contract/telemetry/instruments"
import { Effect, Exit } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { timed } from "../Measuring.ts"
import { knownMethod, routeTemplates } from "./routeTemplate.ts"
import { pathOf } from "./shape.ts"

const duration = histogram("http.server.request.duration")

/** Wraps all routes of a listener; `paths` are their templates. A request whose caller went away has no status. */
export const measured = (paths: Iterable<string>) => {
  const templateOf = routeTemplates(paths)
  return <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
      timed(http, (seconds, exit) => {
        const status = Exit.isSuccess(exit) ? `${exit.value.status}` : ""
        duration(seconds, knownMethod(request.method), templateOf(pathOf(request)), status)
      })
    )
}
