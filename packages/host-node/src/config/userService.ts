/**
 * Every variable that the user process reads. The names and defaults are those of the service that it replaces, so that
 * its deployments go on with the environment they have.
 */
import {
  address,
  base64,
  duration,
  flag,
  hostNames,
  list,
  nonEmpty,
  oneOf,
  type Setting,
  url,
  whole
} from "./Setting.ts"

import { stdoutExporters } from "./telemetry.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

const time = (name: string, about: string, fallback: number, fallbackText: string, low = 10) =>
  ({ name, parse: duration(low, hour), fallback, fallbackText, about }) as const satisfies Setting<number>

/** `host:port` of another machine, which must be named. */
const remote = (input: string) => {
  const parsed = address(input)
  return "value" in parsed && !input.startsWith(":") && parsed.value.port > 0
    ? parsed
    : { problem: "must be host:port, such as redis.example.org:6379" }
}

const retired = (name: string, instead: string) =>
  ({
    name,
    parse: () => ({ problem: `is not read any more; unset it${instead}` }),
    optional: true,
    secret: true,
    about: "retired: the process doesn't start while it is set"
  }) as const satisfies Setting<undefined>

/** The process without which none of it works: databases, streams and who may call. */
export const userServiceRequired = {
  postgresPrimaryDsn: {
    name: "USERSERVICE_POSTGRES_PRIMARY_DSN",
    parse: url("postgres", "postgresql"),
    secret: true,
    about: "the backend's PostgreSQL database, such as postgres://user:password@host:5432/galaxy"
  },
  redisMasterAddr: {
    name: "USERSERVICE_REDIS_MASTER_ADDR",
    parse: remote,
    about: "host:port of the Redis that takes the events"
  },
  redisPassword: {
    name: "USERSERVICE_REDIS_PASSWORD",
    parse: nonEmpty,
    secret: true,
    about: "password of that Redis"
  },
  internalToken: {
    name: "USERSERVICE_INTERNAL_TOKEN",
    parse: nonEmpty,
    optional: true,
    secret: true,
    about: "what callers send in X-Gateway-Token; required unless USERSERVICE_TRUSTED_NETWORK is true"
  },
  trustedNetwork: {
    name: "USERSERVICE_TRUSTED_NETWORK",
    parse: flag,
    fallback: false,
    fallbackText: "false",
    about: "true: callers need no token, because nobody else reaches the internal listener"
  }
} as const satisfies Record<string, Setting<unknown>>

const listener = (which: "INTERNAL" | "ADMIN") => ({
  readHeaderTimeout: time(
    `USERSERVICE_${which}_HTTP_READ_HEADER_TIMEOUT`,
    "how long a client may take to send its headers",
    2 * second,
    "2s"
  ),
  readTimeout: time(
    `USERSERVICE_${which}_HTTP_READ_TIMEOUT`,
    "how long a client may take to send its whole request",
    10 * second,
    "10s"
  ),
  idleTimeout: time(
    `USERSERVICE_${which}_HTTP_IDLE_TIMEOUT`,
    "how long a connection without requests is kept",
    minute,
    "1m"
  )
})

const internal = listener("INTERNAL")
const admin = listener("ADMIN")

/** Listeners, Redis and PostgreSQL, with defaults. */
export const userService = {
  internalAddr: {
    name: "USERSERVICE_INTERNAL_HTTP_ADDR",
    parse: address,
    fallback: { host: "127.0.0.1", port: 8091 },
    fallbackText: ":8091",
    about: "where trusted services call /api/v1/internal; :port listens on loopback, 0.0.0.0:port everywhere"
  },
  internalReadHeaderTimeout: internal.readHeaderTimeout,
  internalReadTimeout: internal.readTimeout,
  internalIdleTimeout: internal.idleTimeout,
  internalRequestTimeout: time(
    "USERSERVICE_INTERNAL_HTTP_REQUEST_TIMEOUT",
    "how long a request may take before it is answered with service_unavailable",
    5 * second,
    "5s"
  ),
  allowedHosts: {
    name: "USERSERVICE_ALLOWED_HOSTS",
    parse: hostNames,
    fallback: [],
    fallbackText: "none",
    about:
      "host names that the listeners answer to, separated by commas. On loopback they are added to the names of loopback. Elsewhere only these are answered, or any if none is set"
  },
  adminAddr: {
    name: "USERSERVICE_ADMIN_HTTP_ADDR",
    parse: address,
    optional: true,
    about: "where Prometheus reads /metrics; there is no such listener if it isn't set"
  },
  adminReadHeaderTimeout: admin.readHeaderTimeout,
  adminReadTimeout: admin.readTimeout,
  adminIdleTimeout: admin.idleTimeout,
  redisReplicaAddrs: {
    name: "USERSERVICE_REDIS_REPLICA_ADDRS",
    parse: list(remote),
    fallback: [],
    fallbackText: "none",
    about:
      "host:port of its replicas, separated by commas; checked for their form and not used, since events are only written"
  },
  redisDb: {
    name: "USERSERVICE_REDIS_DB",
    parse: whole(0, 1_000),
    fallback: 0,
    fallbackText: "0",
    about: "number of the Redis database"
  },
  redisOperationTimeout: time(
    "USERSERVICE_REDIS_OPERATION_TIMEOUT",
    "how long Redis may take to connect and for each event",
    1_500,
    "1500ms"
  ),
  domainEventsStream: {
    name: "USERSERVICE_REDIS_DOMAIN_EVENTS_STREAM",
    parse: nonEmpty,
    fallback: "user:domain_events",
    fallbackText: "user:domain_events",
    about: "stream of changes of accounts, entitlements, sanctions and limits"
  },
  domainEventsMaxLen: {
    name: "USERSERVICE_REDIS_DOMAIN_EVENTS_STREAM_MAX_LEN",
    parse: whole(1, 10_000_000),
    fallback: 1_024,
    fallbackText: "1024",
    about: "events that the stream keeps; older ones are removed"
  },
  lifecycleEventsStream: {
    name: "USERSERVICE_REDIS_LIFECYCLE_EVENTS_STREAM",
    parse: nonEmpty,
    fallback: "user:lifecycle_events",
    fallbackText: "user:lifecycle_events",
    about: "stream of accounts that were created, blocked or deleted"
  },
  lifecycleEventsMaxLen: {
    name: "USERSERVICE_REDIS_LIFECYCLE_EVENTS_STREAM_MAX_LEN",
    parse: whole(1, 10_000_000),
    fallback: 1_024,
    fallbackText: "1024",
    about: "events that the stream keeps; older ones are removed"
  },
  postgresReplicaDsns: {
    name: "USERSERVICE_POSTGRES_REPLICA_DSNS",
    parse: list(url("postgres", "postgresql")),
    fallback: [],
    fallbackText: "none",
    secret: true,
    about:
      "replicas of the database, separated by commas: lists of users are read from them, and from the primary if none answers"
  },
  postgresOperationTimeout: time(
    "USERSERVICE_POSTGRES_OPERATION_TIMEOUT",
    "PostgreSQL cancels a statement after this time. Migrations have more",
    5 * second,
    "5s",
    100
  ),
  postgresMaxOpenConns: {
    name: "USERSERVICE_POSTGRES_MAX_OPEN_CONNS",
    parse: whole(1, 500),
    fallback: 10,
    fallbackText: "10",
    about: "most connections to each database"
  },
  postgresMaxIdleConns: {
    name: "USERSERVICE_POSTGRES_MAX_IDLE_CONNS",
    parse: whole(0, 500),
    fallback: 5,
    fallbackText: "5",
    about: "most connections to each database that are kept while nobody uses them"
  },
  postgresConnMaxLifetime: {
    name: "USERSERVICE_POSTGRES_CONN_MAX_LIFETIME",
    parse: duration(second, 24 * hour),
    fallback: 30 * minute,
    fallbackText: "30m",
    about: "how old a connection may be before another one replaces it"
  },
  secretKey: {
    name: "USERSERVICE_SECRET_KEY",
    parse: base64(32),
    optional: true,
    secret: true,
    about:
      "the value of the backend's BACKEND_SECRET_KEY, by which addresses are recognized that are blocked without having an account. Without it nobody here knows of them"
  },
  shutdownTimeout: {
    name: "USERSERVICE_SHUTDOWN_TIMEOUT",
    parse: duration(100, 10 * minute),
    fallback: 5 * second,
    fallbackText: "5s",
    about: "how long an orderly end may take"
  },
  logLevel: {
    name: "USERSERVICE_LOG_LEVEL",
    parse: oneOf("debug", "info", "warn", "error"),
    fallback: "info",
    fallbackText: "info",
    about: "lowest level that is logged"
  }
} as const satisfies Record<string, Setting<unknown>>

/** What else of telemetry the user process reads. */
export const userServiceTelemetry = stdoutExporters("USERSERVICE")

/** Variables of the service that it replaces which nothing reads any more. */
export const userServiceRetired = {
  redisAddr: retired("USERSERVICE_REDIS_ADDR", " and set USERSERVICE_REDIS_MASTER_ADDR"),
  redisUsername: retired("USERSERVICE_REDIS_USERNAME", "; the default user is used"),
  redisTlsEnabled: retired("USERSERVICE_REDIS_TLS_ENABLED", "; Redis is reached without TLS"),
  redisKeyspacePrefix: retired("USERSERVICE_REDIS_KEYSPACE_PREFIX", "; the names of the streams are settings")
} as const satisfies Record<string, Setting<unknown>>

/** Names that belong to the user process alone. */
export const userServiceGroups = { userServiceRequired, userService, userServiceTelemetry, userServiceRetired } as const
