/** Some routes of the backend in memory, called as a gateway or an administrator calls them. */
import { AdminIdentity, Administrator, userIdHeader } from "@galaxy/contract/api/Identity"
import { CountryCounters } from "@galaxy/core/geo/CountryCounters"
import { callerIdentity } from "@galaxy/core/http/callerIdentity"
import { inputErrors } from "@galaxy/core/shared/http/inputErrors"
import * as Standing from "@galaxy/core/standing/Standing"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** What is around the handlers: users are who they say they are, and anybody is an administrator. */
export const callers = Layer.mergeAll(
  callerIdentity.pipe(Layer.provide([Layer.succeed(CountryCounters, { count: () => Effect.void }), Standing.layer])),
  Layer.succeed(AdminIdentity, {
    basic: (http) => Effect.provideService(http, Administrator, { username: "root" })
  }),
  inputErrors
)

/** Calls of the routes, which end with the scope; paths begin after `base`. An answer without a body has an empty one. */
export const callerOf = <E>(
  routes: Layer.Layer<never, E, HttpRouter.HttpRouter | Layer.Success<typeof HttpServer.layerServices>>,
  base: string
) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        HttpRouter.toWebHandler(Layer.provide(routes, HttpServer.layerServices), { disableLogger: true })
      ),
      ({ dispose }) => Effect.promise(dispose)
    ),
    ({ handler }) =>
      (who: string, method: string, path: string, body?: Json) =>
        Effect.promise(async () => {
          const response = await handler(
            new Request(`http://backend${base}${path}`, {
              method,
              headers: {
                [userIdHeader]: who,
                "x-galaxy-admin": "test",
                ...(body === undefined ? {} : { "content-type": "application/json" })
              },
              ...(body === undefined ? {} : { body: JSON.stringify(body) })
            })
          )
          const text = await response.text()
          return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Json }
        })
  )
