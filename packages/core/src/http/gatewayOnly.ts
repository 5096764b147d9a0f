/**
 * Refuses whoever isn't a gateway, unless the network is trusted. Administrators bring a password of their own.
 *
 * Everything is closed but what is named here, by the path as it came: the router takes `/API/v1/%75ser/…` for the user
 * surface, and a list of what to close would have to know all such spellings.
 */
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { json, pathOf } from "../shared/http/shape.ts"
import { admits, type Callers } from "./Callers.ts"

const open = /^\/(healthz|readyz|api\/v1\/admin(\/.*)?)$/

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
