/** The backend's identity surfaces in memory: requests go in as a gateway sends them, answers come out. */
import { AdminIdentity, Administrator, CallerIdentity } from "@galaxy/contract/api/Identity"
import { wireErrors } from "@galaxy/contract/api/ApiError"
import { InputErrors } from "@galaxy/contract/api/InputErrors"
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import { AccountGroup, SessionsGroup } from "@galaxy/contract/api/UserAccountGroups"
import * as Admins from "@galaxy/core/admin/Admins"
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import * as AuditLog from "@galaxy/core/audit/AuditLog"
import type { AuthSettingsShape } from "@galaxy/core/auth/AuthSettings"
import * as CountryCounters from "@galaxy/core/geo/CountryCounters"
import { toApi } from "@galaxy/core/shared/http/errors"
import * as Backend from "@galaxy/core/http/Backend"
import type { Callers } from "@galaxy/core/http/Callers"
import * as Probes from "@galaxy/core/http/probes"
import { UnsubscribeTokenInvalid, Unsubscriptions } from "@galaxy/core/notification/Unsubscriptions"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { StorageError } from "@galaxy/core/shared/StorageError"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Logger, Redacted, References, Schema } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { signIn } from "../auth/fixture.ts"

/** The user surface without the modules that have tests of their own. */
class UserApi extends HttpApi.make("user")
  .add(AccountGroup, SessionsGroup)
  .middleware(CallerIdentity)
  .middleware(InputErrors) {}

const answer = { success: Schema.Struct({ count: Schema.Int }), error: wireErrors } as const

/** Handlers that fail in every way a handler can. */
class FaultsApi extends HttpApi.make("faults")
  .add(
    HttpApiGroup.make("faults")
      .add(
        HttpApiEndpoint.get("defect", "/defect", answer),
        HttpApiEndpoint.get("misfit", "/misfit", answer),
        HttpApiEndpoint.get("busy", "/busy", answer),
        HttpApiEndpoint.get("broken", "/broken", answer),
        HttpApiEndpoint.get("longest", "/:name", { params: { name: Schema.String }, ...answer })
      )
      .prefix("/api/v1/internal/faults")
  )
  .middleware(InputErrors) {}

const faults = HttpApiBuilder.group(FaultsApi, "faults", (handlers) =>
  handlers
    .handle("defect", () => Effect.die(new Error("an inner secret")))
    .handle("misfit", () => Effect.succeed({ count: 0.5 }))
    .handle("busy", () => toApi(Effect.fail(new StorageError({ retryable: true, cause: "an inner secret" }))))
    .handle("broken", () => toApi(Effect.fail(new StorageError({ retryable: false, cause: "an inner secret" }))))
    .handle("longest", () => Effect.succeed({ count: 1 }))
)

class AdminApi extends HttpApi.make("admin")
  .add(
    HttpApiGroup.make("me")
      .add(HttpApiEndpoint.get("me", "/me", { success: Schema.Struct({ username: Schema.String }), error: wireErrors }))
      .prefix("/api/v1/admin")
  )
  .middleware(AdminIdentity)
  .middleware(InputErrors) {}

const me = HttpApiBuilder.group(AdminApi, "me", (handlers) =>
  handlers.handle("me", () => Effect.map(Administrator, ({ username }) => ({ username })))
)

/** A hasher whose work can be counted. */
export const counted = { verified: 0 }

const hasher = Layer.sync(PasswordHasher, () => {
  const hashOf = (text: string, salt: string) =>
    Effect.map(
      Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(salt + text))),
      (hash) => `${salt}.${Buffer.from(hash).toString("hex")}`
    )
  return {
    hash: (password) => hashOf(Redacted.value(password), crypto.randomUUID()),
    verify: (password, hash) => {
      counted.verified++
      return Effect.map(hashOf(Redacted.value(password), hash.split(".")[0] ?? ""), (it) => it === hash)
    }
  }
})

export const admins = (database: Layer.Layer<Database>) =>
  Admins.layer.pipe(Layer.provideMerge(hasher), Layer.provideMerge(database))

/** What else has to be there for the backend to be ready. */
export const listener = { bound: true }

/** Stopping mails has tests of its own. */
export const noUnsubscriptions = Layer.succeed(Unsubscriptions, {
  stop: () => Effect.fail(new UnsubscribeTokenInvalid())
})

export const services = (database: Layer.Layer<Database>, settings: Partial<AuthSettingsShape> = {}) =>
  Layer.mergeAll(
    Admins.layer.pipe(Layer.provide(hasher)),
    AuditLog.layer,
    CountryCounters.layer,
    noUnsubscriptions,
    Probes.layer({ "push listener": Effect.sync(() => listener.bound) })
  ).pipe(Layer.provideMerge(BackgroundLoops.layer), Layer.provideMerge(signIn(database, settings)))

type Services = Layer.Success<ReturnType<typeof services>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly raw?: BodyInit
}

/** Sends requests to the surfaces; `lines` takes what they log. */
export const surfaces = Effect.fnUntraced(function* (
  options: { readonly callers?: Callers; readonly lines?: Array<string> } = {}
) {
  const context = yield* Effect.context<Services>()
  const lines = options.lines ?? []
  const app = Backend.surround(
    Layer.mergeAll(
      HttpApiBuilder.layer(PublicApi),
      HttpApiBuilder.layer(UserApi),
      HttpApiBuilder.layer(InternalApi),
      HttpApiBuilder.layer(AdminApi),
      HttpApiBuilder.layer(FaultsApi)
    ).pipe(Layer.provide([Backend.identity, me, faults])),
    [PublicApi, UserApi, InternalApi, AdminApi, FaultsApi],
    options.callers ?? { trustedNetwork: true }
  ).pipe(
    Layer.provide(Layer.succeedContext(context)),
    Layer.provide(HttpServer.layerServices),
    Layer.provideMerge(Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])),
    Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "All"))
  )
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() => HttpRouter.toWebHandler(app, { disableLogger: true })),
    ({ dispose }) => Effect.promise(dispose)
  )
  return (method: string, path: string, { headers = {}, json, raw }: Sent = {}) =>
    Effect.promise(async (): Promise<Answer> => {
      const body = raw ?? (json === undefined ? undefined : JSON.stringify(json))
      const response = await handler(
        new Request(`http://backend${path}`, {
          method,
          headers: { ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers },
          ...(body === undefined ? {} : { body, duplex: "half" })
        })
      )
      const text = await response.text()
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true
      const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : {}
      return { status: response.status, headers: response.headers, text, body: parsed as Answer["body"] }
    })
})

export const codeOf = (answer: Answer): unknown => (answer.body["error"] as { code?: unknown } | undefined)?.code
