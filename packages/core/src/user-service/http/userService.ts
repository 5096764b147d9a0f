/** The user process's surface as one layer of routes. */
import { UserServiceApi } from "@galaxy/contract/api/UserServiceApi"
import { Duration, Effect, Layer, Metric } from "effect"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { errors as settingErrors } from "../../account/http/errors.ts"
import { Accounts } from "../../account/Accounts.ts"
import { Users } from "../../account/Users.ts"
import type { Callers } from "../../http/Callers.ts"
import { gatewayOnly } from "../../http/gatewayOnly.ts"
import { notFound } from "../../http/notFound.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { inputErrors } from "../../shared/http/inputErrors.ts"
import { json, shape } from "../../shared/http/shape.ts"
import { LastStorageReport } from "../../shared/http/storageReports.ts"
import { errors as standingErrors } from "../../standing/http/errors.ts"
import { UserListing } from "../UserListing.ts"
import { accountCalls } from "./accounts.ts"
import { decisionCalls, decisionOf } from "./decisions.ts"

const toApi = toApiWith({ ...settingErrors, ...standingErrors })

const group = HttpApiBuilder.group(
  UserServiceApi,
  "userService",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    const users = yield* Users
    const listing = yield* UserListing
    const calls = { ...(yield* accountCalls), ...(yield* decisionCalls) }
    return handlers
      .handle("ensureByEmail", ({ payload }) => toApi(calls.ensureByEmail(payload)))
      .handle("resolveByEmail", ({ payload }) => toApi(calls.resolveByEmail(payload.email)))
      .handle("list", ({ query: { cursor, limit, is_paid, ...filter } }) =>
        toApi(
          listing.list(
            { ...filter, ...(is_paid === undefined ? {} : { is_paid: is_paid === "true" }) },
            { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) }
          )
        )
      )
      .handle("get", ({ params }) => toApi(users.find(params.user_id)))
      .handle("account", ({ params }) => toApi(accounts.find(params.user_id)))
      .handle("updateProfile", ({ params, payload }) => toApi(calls.updateProfile(params.user_id, payload)))
      .handle("updateSettings", ({ params, payload }) => toApi(calls.updateSettings(params.user_id, payload)))
      .handle("setEntitlement", ({ params, payload: { reason: _reason, actor: _actor, ...given }, payload }) =>
        toApi(calls.setEntitlement(params.user_id, given, decisionOf(payload)))
      )
      .handle("setLimit", ({ params, payload }) =>
        toApi(calls.setLimit(params.user_id, payload.limit_code, payload.value, decisionOf(payload)))
      )
      .handle("liftLimit", ({ params, payload }) =>
        toApi(calls.liftLimit(params.user_id, params.code, decisionOf(payload)))
      )
      .handle("applySanction", ({ params, payload }) =>
        toApi(calls.applySanction(params.user_id, payload.sanction_code, decisionOf(payload)))
      )
      .handle("liftSanction", ({ params, payload }) =>
        toApi(calls.liftSanction(params.user_id, params.code, decisionOf(payload)))
      )
      .handle("delete", ({ params, payload }) => toApi(calls.delete(params.user_id, decisionOf(payload))))
  })
)

const requests = Metric.counter("userservice_http_requests_total", {
  description: "answered requests by method and status",
  incremental: true
})
const durations = Metric.histogram("userservice_http_request_duration_seconds", {
  description: "time from a request to its answer",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

/** Who may call, and how long a request may take before it is answered with `service_unavailable`. */
export interface UserServiceOptions {
  readonly callers: Callers
  readonly requestTimeout: Duration.Input
}

/** All routes. There are no probes: a listener that is open has passed every check of the start. */
export const layer = ({ callers, requestTimeout }: UserServiceOptions) => {
  const admitted = gatewayOnly(callers)
  const routed = notFound([UserServiceApi])
  const lastReport = { at: Number.NEGATIVE_INFINITY }
  const late = Effect.succeed(
    json("service_unavailable", "the request took too long; it may have been carried out all the same")
  )
  /** Counts what is answered, the refused requests too. */
  const measured = <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.gen(function* () {
      const { method } = yield* HttpServerRequest.HttpServerRequest
      const [took, response] = yield* Effect.timed(http)
      const attributes = { method, status: `${response.status}` }
      yield* Metric.update(Metric.withAttributes(requests, attributes), 1)
      yield* Metric.update(Metric.withAttributes(durations, { method }), Duration.toMillis(took) / 1_000)
      return response
    })
  return Layer.mergeAll(
    HttpApiBuilder.layer(UserServiceApi).pipe(Layer.provide(group)),
    HttpRouter.middleware(
      (http) =>
        Effect.provideService(
          measured(
            shape(admitted(Effect.timeoutOrElse(routed(http), { duration: requestTimeout, orElse: () => late })))
          ),
          LastStorageReport,
          lastReport
        ),
      { global: true }
    )
  ).pipe(Layer.provide(inputErrors))
}
