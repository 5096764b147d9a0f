#!/usr/bin/env node
/** The user module as a separate process, beside a backend on the same PostgreSQL, with its events in Redis. */
import type { Callers } from "@galaxy/core/http/Callers"
import * as UserEventSender from "@galaxy/core/user-event/UserEventSender"
import * as UserService from "@galaxy/core/user-service/UserService"
import { Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { Values } from "../config/load.ts"
import * as settings from "../config/settings.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import { answeredArguments, configured, launch } from "../processes/launch.ts"
import * as telemetry from "../processes/telemetry.ts"
import * as PgDatabaseSignal from "../sql/PgDatabaseSignal.ts"
import * as PgSession from "../sql/PgSession.ts"
import * as Postgres from "../sql/Postgres.ts"
import * as RedisUserEvents from "./RedisUserEvents.ts"
import { callersOf, callersProblem } from "./callers.ts"
import { listing } from "./replicas.ts"
import * as UserServer from "./UserServer.ts"

type Settings = { readonly [K in keyof typeof settings.groups.user]: Values<(typeof settings.groups.user)[K]> }

const redisOptions = ({ userServiceRequired, userService }: Settings): RedisUserEvents.RedisUserEventsOptions => {
  const { host, port } = userServiceRequired.redisMasterAddr
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`
  const url = `redis://:${encodeURIComponent(userServiceRequired.redisPassword)}@${place}/${userService.redisDb}`
  return {
    url: Redacted.make(url),
    place,
    timeoutMs: userService.redisOperationTimeout,
    domain: { key: userService.domainEventsStream, maxLength: userService.domainEventsMaxLen },
    lifecycle: { key: userService.lifecycleEventsStream, maxLength: userService.lifecycleEventsMaxLen }
  }
}

const serverOptions = ({ userService }: Settings, callers: Callers): UserServer.UserServerOptions => ({
  callers,
  requestTimeoutMs: userService.internalRequestTimeout,
  internal: {
    ...userService.internalAddr,
    allowedHosts: userService.allowedHosts,
    readHeaderTimeoutMs: userService.internalReadHeaderTimeout,
    readTimeoutMs: userService.internalReadTimeout,
    idleTimeoutMs: userService.internalIdleTimeout
  },
  metrics:
    userService.adminAddr === undefined
      ? undefined
      : {
          ...userService.adminAddr,
          allowedHosts: userService.allowedHosts,
          readHeaderTimeoutMs: userService.adminReadHeaderTimeout,
          readTimeoutMs: userService.adminReadTimeout,
          idleTimeoutMs: userService.adminIdleTimeout
        }
})

/** PostgreSQL can't be used at the start. */
class DatabaseUnavailable extends Schema.TaggedError<DatabaseUnavailable>()("DatabaseUnavailable", {
  message: Schema.String
}) {}

/** Fails at once, with the place, where the database doesn't answer. */
const reachable = (url: string) =>
  Layer.effectDiscard(
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1`).pipe(
      Effect.mapError(
        (error) =>
          new DatabaseUnavailable({
            message: `PostgreSQL at ${new URL(url).host} can't be used: ${PgSession.reasonOf(error)}`
          })
      )
    )
  )

const main = async (): Promise<void> => {
  if (await answeredArguments("user", "galaxy-user-process")) return
  const values = configured(settings.groups.user)
  if (values === undefined) return
  const { userServiceRequired, userService, userServiceTelemetry } = values
  const callers = callersOf(userServiceRequired)
  if (callers === undefined) {
    process.stderr.write(
      `${callersProblem(userServiceRequired) ?? ""}\nNothing was started; --help lists all settings.\n`
    )
    process.exitCode = 2
    return
  }
  const pool = {
    maxConnections: userService.postgresMaxOpenConns,
    maxIdle: userService.postgresMaxIdleConns,
    maxAgeMs: userService.postgresConnMaxLifetime,
    statementTimeoutMs: userService.postgresOperationTimeout
  }
  // Without the lock of backends: it changes accounts, in short transactions that lock their rows.
  const database = PgDatabaseSignal.layer.pipe(
    Layer.provideMerge(reachable(userServiceRequired.postgresPrimaryDsn)),
    Layer.provideMerge(Postgres.layer({ ...pool, url: userServiceRequired.postgresPrimaryDsn }))
  )
  const secret = userService.secretKey
  const server = UserServer.layer(serverOptions(values, callers)).pipe(
    // Calls are answered once somebody tells of them.
    Layer.provide(UserEventSender.layer),
    Layer.provide(
      listing(
        userService.postgresReplicaDsns.map((url) => ({ ...pool, url, poolName: "replica" })),
        // Leaves most of a request's time to the primary.
        Math.ceil(userService.internalRequestTimeout / 4)
      )
    ),
    Layer.provide(UserService.layer({ secret: secret === undefined ? undefined : Redacted.make(secret) })),
    Layer.provide(database),
    Layer.provide(RedisUserEvents.layer(redisOptions(values))),
    Layer.provide(
      telemetry.layer({
        settings: values.telemetry,
        process: "galaxy-user",
        isServed: userService.adminAddr !== undefined,
        stdoutTraces: userServiceTelemetry.stdoutTraces,
        stdoutMetrics: userServiceTelemetry.stdoutMetrics
      })
    ),
    Layer.provideMerge(JsonLog.layer({ level: userService.logLevel, target: { stream: process.stdout } }))
  )
  const ready = Effect.gen(function* () {
    if (secret === undefined) {
      yield* Effect.logWarning(
        "USERSERVICE_SECRET_KEY isn't set: addresses that are blocked without an account aren't known here"
      )
    }
    yield* Effect.logInfo("user process is ready")
  })
  await launch(server, ready, undefined, userService.shutdownTimeout)
}

await main()
