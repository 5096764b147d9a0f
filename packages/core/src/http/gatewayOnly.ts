/**
 * Refuses callers that aren't gateways, unless the network is trusted. Administrators have passwords instead.
 *
 * Every path is closed except those named here, compared as received. The router accepts `/API/v1/%75ser/…` for the
 * user surface too, so a list of closed paths would have to know all such spellings.
 */
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { json, pathOf } from "../shared/http/shape.ts"
import { admits, type Callers } from "./Callers.ts"

const open = /^\/(healthz|readyz|openapi\.json|docs|api\/v1\/admin(\/.*)?)$/

/**
 * Wraps the routes: a caller that `callers` doesn't admit gets `unauthorized`. Probes, the
 * reference and the admin surface stay open.
 */
export const gatewayOnly =
  (callers: Callers) =>
  <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      if (open.test(pathOf(request))) return yield* http
      return admits(callers, request.headers[gatewayTokenHeader] ?? "")
        ? yield* http
        : json("unauthorized", "only gateways may call this")
    })
