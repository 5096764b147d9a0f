/** The engine's operations as handlers of its REST surface. */
import { InvalidRequest } from "@galaxy/contract/api/ApiError"
import { EngineApi, EngineInputErrors } from "@galaxy/contract/engine/EngineApi"
import { Effect, Layer, type Redacted } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import { answered } from "./apiErrors.ts"
import { Engine } from "./Engine.ts"
import { guard } from "./guard.ts"
import { StateStore } from "./StateStore.ts"

const health = (version: string) =>
  HttpApiBuilder.group(
    EngineApi,
    "health",
    Effect.fnUntraced(function* (handlers) {
      const store = yield* StateStore
      return handlers.handleAll({
        healthz: () => answered(Effect.as(store.current, { status: "ok" as const, version }))
      })
    })
  )

const admin = HttpApiBuilder.group(
  EngineApi,
  "admin",
  Effect.fnUntraced(function* (handlers) {
    const engine = yield* Engine
    return handlers.handleAll({
      init: ({ payload }) => answered(engine.init(payload)),
      status: () => answered(engine.status),
      turn: ({ payload }) => answered(engine.turn(payload.turn)),
      banish: ({ payload }) => answered(engine.banish(payload.race)),
      computer: ({ payload }) => answered(engine.computer(payload.race, payload.computer_level ?? "fair"))
    })
  })
)

const play = HttpApiBuilder.group(
  EngineApi,
  "play",
  Effect.fnUntraced(function* (handlers) {
    const engine = yield* Engine
    return handlers.handleAll({
      command: ({ payload: { actor, turn, commands } }) => answered(engine.command({ actor, turn }, commands)),
      order: ({ payload: { actor, turn, orders, if_revision } }) =>
        answered(engine.order({ actor, turn }, orders, if_revision)),
      orders: ({ query }) => answered(engine.orders(query.race, query.turn)),
      // Written as it is: checking again what this program has just made took longer than making it.
      report: ({ query }) =>
        Effect.map(answered(engine.report(query.race, query.turn)), (it) => HttpServerResponse.jsonUnsafe(it))
    })
  })
)

/** Most characters of a message: it says where the input is wrong and needn't repeat all of it. */
const longestMessage = 500

const inputErrors = HttpApiMiddleware.layerSchemaErrorTransform(EngineInputErrors, (error) =>
  Effect.fail(
    new InvalidRequest({ message: `${error.kind.toLowerCase()}: ${error.cause.message}`.slice(0, longestMessage) })
  )
)

/** What the REST surface needs to know of the process that serves it. */
export interface EngineHttpOptions {
  /** Reported by `/healthz`. */
  readonly version: string
  /** The bearer token that every request except for `/healthz` must carry. An empty token lets nobody in. */
  readonly token: Redacted.Redacted
}

/** Routes of the REST surface, with the error envelope for whatever goes wrong. Needs `Engine` and `StateStore`. */
export const routes = ({ version, token }: EngineHttpOptions) =>
  Layer.mergeAll(
    HttpApiBuilder.layer(EngineApi).pipe(Layer.provide([health(version), admin, play]), Layer.provide(inputErrors)),
    guard(token)
  )
