/** The engine's operations as handlers of its REST surface. */
import { type ApiError, InvalidRequest } from "@galaxy/contract/api/ApiError"
import { EngineApi, EngineInputErrors } from "@galaxy/contract/engine/EngineApi"
import { maxStateFileBytes } from "@galaxy/contract/engine/Limits"
import { histogram } from "@galaxy/contract/telemetry/instruments"
import { Duration, Effect, Layer, type Redacted } from "effect"
import { HttpRouter, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import { answered } from "./apiErrors.ts"
import { Engine } from "./Engine.ts"
import { guard } from "./guard.ts"
import { refusal } from "./refusal.ts"
import { StateStore } from "./StateStore.ts"

const turnDuration = histogram("galaxy.engine.turn.duration")

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
      turn: ({ payload }) =>
        Effect.map(Effect.timed(answered(engine.turn(payload.turn))), ([took, status]) => {
          turnDuration(Duration.toSeconds(took))
          return status
        }),
      banish: ({ payload }) => answered(engine.banish(payload.race)),
      state: ({ query }) => answered(engine.state(query.from)),
      openState: () => answered(engine.openState),
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

const statePrefix = "/api/v1/admin/state/"

/** The path below the prefix, as it was meant: `%2F` is a slash too. Undefined where it can't be decoded. */
const statePath = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const { pathname } = new URL(request.url, "http://engine")
  try {
    return decodeURIComponent(pathname.slice(statePrefix.length))
  } catch {
    return undefined
  }
}

const ofError = (error: ApiError) => refusal(error._tag, error.message, "reason" in error ? error.reason : undefined)

/** One state file, as it lies on the disk. */
const stateFiles = Layer.unwrap(
  Effect.map(Engine, (engine) => {
    const unknown = refusal("not_found", "there is no such state file")
    const read = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      const path = statePath(request)
      if (path === undefined) return unknown
      const sealed = yield* answered(engine.stateFile(path))
      const bytes = new TextEncoder().encode(sealed)
      return bytes.byteLength > maxStateFileBytes
        ? refusal("payload_too_large", `the file has more than ${maxStateFileBytes} bytes`)
        : HttpServerResponse.uint8Array(bytes, { contentType: "application/octet-stream" })
    })
    const put = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      const path = statePath(request)
      if (path === undefined) return refusal("invalid_request", "this is not the path of a state file")
      yield* answered(engine.putState(path, yield* Effect.orDie(request.text)))
      return HttpServerResponse.empty({ status: 204 })
    })
    const answer =
      (
        handle: (
          request: HttpServerRequest.HttpServerRequest
        ) => Effect.Effect<HttpServerResponse.HttpServerResponse, ApiError>
      ) =>
      (request: HttpServerRequest.HttpServerRequest) =>
        Effect.catch(handle(request), (error) => Effect.succeed(ofError(error)))
    return Layer.merge(
      HttpRouter.add("GET", `${statePrefix}:folder/*`, answer(read)),
      HttpRouter.add("PUT", `${statePrefix}:folder/*`, answer(put))
    )
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
    stateFiles,
    guard(token)
  )
