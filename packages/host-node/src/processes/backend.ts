#!/usr/bin/env node
/** The backend as a separate process: PostgreSQL, SMTP, and engines as child processes or in containers. */
import { Effect, Layer, Redacted } from "effect"
import * as settings from "../config/settings.ts"
import * as BcryptPasswordHasher from "../crypto/BcryptPasswordHasher.ts"
import * as DatabaseStates from "../engine-host/DatabaseStates.ts"
import * as MmdbGeoIp from "../geo/MmdbGeoIp.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import * as SmtpMailTransport from "../mail/SmtpMailTransport.ts"
import * as PgDatabaseSignal from "../sql/PgDatabaseSignal.ts"
import * as Postgres from "../sql/Postgres.ts"
import * as BackendCluster from "./BackendCluster.ts"
import { engineHost } from "./backendEngines.ts"
import * as BackendServer from "./BackendServer.ts"
import * as Departure from "./Departure.ts"
import { answeredArguments, configured, idleTold, launch } from "./launch.ts"
import { backendOptions, refused } from "./options.ts"
import * as telemetry from "./telemetry.ts"

const main = async (): Promise<void> => {
  if (await answeredArguments("backend", "galaxy-backend")) return
  const values = configured(settings.groups.backend)
  if (values === undefined || refused(values)) return
  const { backend, backendAlone } = values
  const database = PgDatabaseSignal.layer.pipe(
    Layer.provideMerge(
      Postgres.layerOwned({
        url: backendAlone.postgresDsn,
        maxConnections: backendAlone.postgresMaxConns,
        statementTimeoutMs: backendAlone.postgresStatementTimeout,
        lockWaitMs: backendAlone.postgresLockWait,
        shared: backendAlone.clusterAddr !== undefined
      })
    )
  )
  const mail = Layer.unwrap(
    Effect.map(SmtpMailTransport.fromUrl(backendAlone.smtpUrl), (relay) =>
      SmtpMailTransport.layer({ ...relay, socketTimeoutMillis: backendAlone.smtpTimeout })
    )
  )
  // Connecting, signing in and handing over may each take this long.
  const sendTimeoutMs = Math.max(30_000, 4 * backendAlone.smtpTimeout)
  const ports = Layer.mergeAll(
    database,
    mail,
    MmdbGeoIp.layerFrom(backend.geoIpDbPath),
    BcryptPasswordHasher.layer(),
    Layer.provide(engineHost({ backend, backendAlone }), database)
  )
  const { callers, ...options } = backendOptions(backend)
  // `refused` has made sure of it: who may call is never left open.
  if (callers === undefined) return
  const secret = Redacted.make(backendAlone.secretKey)
  const states = backendAlone.engineState === "database" ? { engineStates: DatabaseStates.layer } : {}
  const departure = Departure.make()
  const sharding =
    backendAlone.clusterAddr === undefined
      ? undefined
      : BackendCluster.layer({
          address: backendAlone.clusterAddr,
          listen: backendAlone.clusterListenAddr,
          secret,
          departure
        })
  const server = BackendServer.layer(
    {
      ...options,
      ...states,
      callers,
      secret,
      departure,
      endDelayMs: backendAlone.endDelay,
      builtInEngine: backendAlone.engines !== "docker",
      mail: { sendTimeout: sendTimeoutMs, lease: sendTimeoutMs + 15_000 }
    },
    sharding
  ).pipe(
    Layer.provide(ports),
    Layer.provide(
      telemetry.layer({
        settings: values.telemetry,
        process: "galaxy-backend",
        stdoutTraces: backend.stdoutTraces,
        stdoutMetrics: backend.stdoutMetrics,
        admin: [backend.adminAddr]
      })
    ),
    Layer.provideMerge(JsonLog.layer({ level: backend.logLevel, target: { stream: process.stdout } }))
  )
  const ready = Effect.andThen(idleTold("backend"), Effect.logInfo("backend is ready"))
  await launch(server, ready, undefined, backendAlone.endDelay + backendAlone.endTimeout)
}

await main()
