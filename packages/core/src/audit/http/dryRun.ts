/** Routes `/api/v1/admin/dry-run/…` to the mutation of the same name, marked as a dry run. */
import { dryRunPrefix } from "@galaxy/contract/api/admin/DryRun"
import { Context, Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"

/** Whether the request is only to be tried. */
export const IsDryRun = Context.Reference<boolean>("@galaxy/core/audit/http/IsDryRun", { defaultValue: () => false })

/** Wraps the routes: a dry run reaches the route of its mutation. */
export const dryRun = <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!request.url.startsWith(`${dryRunPrefix}/`)) return yield* http
    const url = `/api/v1/admin${request.url.slice(dryRunPrefix.length)}`
    return yield* http.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, request.modify({ url })),
      Effect.provideService(IsDryRun, true)
    )
  })
