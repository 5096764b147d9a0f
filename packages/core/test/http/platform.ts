/**
 * The whole backend in memory: `Core` and every surface of `Backend` over a database, with scripted engines, mails that
 * are kept, and nobody at work unless a test asks for it.
 */
import { gatewayTokenHeader, userIdHeader } from "@galaxy/contract/api/Identity"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Admins } from "@galaxy/core/admin/Admins"
import * as PasswordHasher from "@galaxy/core/admin/PasswordHasher"
import * as Core from "@galaxy/core/Core"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import * as Backend from "@galaxy/core/http/Backend"
import * as Probes from "@galaxy/core/http/probes"
import * as MemoryMailTransport from "@galaxy/core/mail/MemoryMailTransport"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Logger, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { layer as scriptedEngines } from "../engine/ScriptedEngines.ts"
import { player } from "../lobby/fixture.ts"

const secret = Redacted.make(new Uint8Array(32).fill(5))
const gatewayToken = "a gateway's token"

/** The administrator that every platform has. */
export const root = { username: "root", password: "correct horse" } as const
/** The engine version that every platform has. */
export const version = "0.1.0"

const hasher = Layer.succeed(PasswordHasher.PasswordHasher, {
  hash: (password) => Effect.succeed(`plain:${Redacted.value(password)}`),
  verify: (password, hash) => Effect.succeed(hash === `plain:${Redacted.value(password)}`)
})

const everyWorker: ReadonlyArray<Core.WorkerName> = [
  "mail",
  "runtime",
  "push-pruner",
  "auth-pruner",
  "account-ends",
  "erasure",
  "mail-pruner",
  "runtime-pruner",
  "notification-pruner",
  "invite-pruner",
  "state-pruner",
  "entitlements",
  "user-event-pruner",
  "race-name-sweeper"
]

const peopled = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* (yield* Admins).bootstrap(root.username, Redacted.make(root.password))
    yield* (yield* EngineVersions).register(version, `builtin:${version}`)
  })
)

/** The backend's services. `options` are those of `Core`; `at work` are the names in `workers`. */
export const platformOn = <E>(
  database: Layer.Layer<Database, E>,
  options: Partial<Core.CoreOptions> = {},
  workers: ReadonlyArray<Core.WorkerName> = []
) =>
  Layer.mergeAll(peopled, Probes.layer()).pipe(
    Layer.provideMerge(
      Core.layer({
        secret,
        mailFrom: "Galaxy <galaxy@example.org>",
        runtime: { moveAfterOutage: false },
        withoutWorkers: everyWorker.filter((it) => !workers.includes(it)),
        ...options
      })
    ),
    Layer.provideMerge(Layer.mergeAll(scriptedEngines, GeoIp.layerNone, MemoryMailTransport.layerMemory, hasher)),
    Layer.provideMerge(Layer.merge(MovableClock.layer, Logger.layer([]))),
    Layer.provideMerge(database)
  )

/** An answer whose body is JSON. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of every form
  readonly body: any
}

/** A body that is sent as it is. */
export class Raw {
  readonly text: string
  readonly type: string
  constructor(text: string, type: string) {
    this.text = text
    this.type = type
  }
}

const sent = (body: unknown): { readonly text: string; readonly type: string } | undefined =>
  body === undefined ? undefined : body instanceof Raw ? body : { text: JSON.stringify(body), type: "application/json" }

/** Who calls: a user by id, the gateway itself, an administrator, or nobody. */
export type As =
  | { readonly user: UserId }
  | "gateway"
  | "admin"
  | { readonly admin: string; readonly password: string }
  | "nobody"

const credentials = (as: As): Readonly<Record<string, string>> => {
  if (as === "nobody") return {}
  if (as === "gateway") return { [gatewayTokenHeader]: gatewayToken }
  if (typeof as === "object" && "user" in as) return { [gatewayTokenHeader]: gatewayToken, [userIdHeader]: as.user }
  const { admin, password } = as === "admin" ? { admin: root.username, password: root.password } : as
  return { authorization: `Basic ${btoa(`${admin}:${password}`)}`, "x-galaxy-admin": "test" }
}

type Needs = Layer.Success<ReturnType<typeof platformOn>>

/** Returns a function that sends a request to the surfaces: `call(as, "POST", "/api/v1/…", body?)`. */
export const surfaces = Effect.gen(function* () {
  const context = yield* Effect.context<Needs>()
  const app = Backend.layer({ gatewayToken: Redacted.make(gatewayToken) }).pipe(
    Layer.provide(Layer.succeedContext(context)),
    Layer.provide(HttpServer.layerServices)
  )
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() => HttpRouter.toWebHandler(app, { disableLogger: true })),
    ({ dispose }) => Effect.promise(dispose)
  )
  return (as: As, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    Effect.promise(async (): Promise<Answer> => {
      const given = sent(body)
      const response = await handler(
        new Request(`http://backend${path}`, {
          method,
          headers: {
            ...credentials(as),
            ...(given === undefined ? {} : { "content-type": given.type }),
            ...headers
          },
          ...(given === undefined ? {} : { body: given.text })
        })
      )
      const text = await response.text()
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true
      return { status: response.status, headers: response.headers, body: isJson && text !== "" ? JSON.parse(text) : {} }
    })
})

/** Sends a request to the surfaces. */
export type Call = Effect.Success<typeof surfaces>

/** An account of no special kind, which calls as itself. */
export const user: Effect.Effect<{ readonly user: UserId }, unknown, Needs> = Effect.map(player, (id) => ({ user: id }))

/** `conflict/wrong_state`, `not_found`, …: code and reason of an error answer; undefined for a success. */
export const refusalOf = ({ body }: Answer): string | undefined => {
  const error = body?.error as { readonly code: string; readonly reason?: string } | undefined
  return error === undefined ? undefined : [error.code, error.reason].filter((it) => it !== undefined).join("/")
}
