/**
 * Every variable that Galaxy's processes read.
 *
 * Defaults suit one machine and loopback. A process deployed separately must be given its secrets and the addresses of
 * the others; the one-process shape generates them.
 */
import {
  userService,
  userServiceGroups,
  userServiceRequired,
  userServiceRetired,
  userServiceTelemetry
} from "./userService.ts"
import { dockerEngines } from "./dockerEngines.ts"
import { engines, hostId } from "./engines.ts"
import { stdoutExporters, telemetry } from "./telemetry.ts"
import { gatewayBounds } from "./gatewayBounds.ts"
import { parse as parseSigningKey } from "../gateway/keys/signingKey.ts"
import { gatewayLimits } from "./gatewayLimits.ts"
import { redisSentinels } from "./redisSentinels.ts"
import {
  address,
  base64,
  duration,
  emailAddress,
  flag,
  hostNames,
  mailbox,
  nonEmpty,
  list,
  some,
  oneOf,
  origin,
  type Setting,
  text,
  url,
  whole
} from "./Setting.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const adminAddr = <const P extends string>(prefix: P) =>
  ({
    name: `${prefix}_ADMIN_HTTP_ADDR`,
    parse: address,
    optional: true,
    about:
      "where Prometheus reads /metrics; `:port` listens on loopback. There is no such listener if it isn't set, and none that asks who reads"
  }) as const satisfies Setting<unknown>

const accessLog = <const P extends string>(prefix: P, fallback: "off" | "refusals") =>
  ({
    accessLog: {
      name: `${prefix}_ACCESS_LOG`,
      parse: oneOf("off", "refusals", "all"),
      fallback,
      fallbackText: fallback,
      about:
        "which requests get a line in the log, with reason, status, duration and size: none, those that are refused or fail, or all"
    },
    accessLogPerSecond: {
      name: `${prefix}_ACCESS_LOG_PER_SECOND`,
      parse: whole(1, 100_000),
      fallback: 50,
      fallbackText: "50",
      about: "most such lines in a second; further ones are left out"
    }
  }) as const satisfies Record<string, Setting<unknown>>

const logLevel = oneOf("debug", "info", "warn", "error")

/** Read by the backend in every shape. */
export const backend = {
  httpAddr: {
    name: "BACKEND_HTTP_ADDR",
    parse: address,
    fallback: { host: "127.0.0.1", port: 8081 },
    fallbackText: "127.0.0.1:8081",
    about:
      "where the REST surfaces listen; in one process, a host other than loopback needs a gateway token or a trusted network"
  },
  grpcPushAddr: {
    name: "BACKEND_GRPC_PUSH_ADDR",
    parse: address,
    fallback: { host: "127.0.0.1", port: 8082 },
    fallbackText: "127.0.0.1:8082",
    about: "where gateways subscribe to the push stream"
  },
  allowedHosts: {
    name: "BACKEND_ALLOWED_HOSTS",
    parse: hostNames,
    fallback: [],
    fallbackText: "none",
    about:
      "host names the backend answers to, separated by commas. On loopback they are added to the names of loopback. Elsewhere only these are answered, or any if none is set; probes are always answered"
  },
  adminConsole: {
    name: "BACKEND_ADMIN_CONSOLE",
    parse: flag,
    fallback: true,
    fallbackText: "true",
    about:
      "whether the operators' console is served below `/admin/`, where the package @galaxy/web is installed; it needs an administrator's name and password"
  },
  trustedNetwork: {
    name: "BACKEND_TRUSTED_NETWORK",
    parse: flag,
    fallback: false,
    fallbackText: "false",
    about:
      "true trusts every caller that can reach the backend, on behalf of any player; use it only where nothing but gateways can reach it"
  },
  gatewayToken: {
    name: "BACKEND_GATEWAY_TOKEN",
    parse: nonEmpty,
    optional: true,
    secret: true,
    about:
      "shared secret that every gateway must send (its GATEWAY_BACKEND_TOKEN). Needed unless the network is trusted; in one process it is generated at each start"
  },
  adminBootstrapUser: {
    name: "BACKEND_ADMIN_BOOTSTRAP_USER",
    parse: nonEmpty,
    optional: true,
    about: "administrator created at start, unless one of this name exists"
  },
  adminBootstrapPassword: {
    name: "BACKEND_ADMIN_BOOTSTRAP_PASSWORD",
    parse: nonEmpty,
    optional: true,
    secret: true,
    about: "that administrator's first password"
  },
  geoIpDbPath: {
    name: "BACKEND_GEOIP_DB_PATH",
    parse: nonEmpty,
    optional: true,
    about: "GeoLite2 Country database (.mmdb); without it no country is recorded"
  },
  freshnessWindow: {
    name: "BACKEND_FRESHNESS_WINDOW",
    parse: duration(day, 365 * day),
    fallback: day,
    fallbackText: "24h",
    about: "how long events and invalidations are kept for streams that resume; at least 24h"
  },
  mailRetention: {
    name: "BACKEND_MAIL_RETENTION",
    parse: duration(day, 3_650 * day),
    fallback: 30 * day,
    fallbackText: "30d",
    about: "how long mails that were sent or given up are kept for operators to see"
  },
  operationLogRetention: {
    name: "BACKEND_OPERATION_LOG_RETENTION",
    parse: duration(day, 3_650 * day),
    fallback: 30 * day,
    fallbackText: "30d",
    about: "how long starts and turns of games are kept in the log of operations; the newest of each game always are"
  },
  notificationRetention: {
    name: "BACKEND_NOTIFICATION_RETENTION",
    parse: duration(day, 3_650 * day),
    fallback: 30 * day,
    fallbackText: "30d",
    about:
      "how long it is kept which notifications were sent to whom; no longer than BACKEND_DELETED_ACCOUNT_RETENTION, since they tell of players"
  },
  inviteRetention: {
    name: "BACKEND_INVITE_RETENTION",
    parse: duration(day, 3_650 * day),
    fallback: 90 * day,
    fallbackText: "90d",
    about: "how long invites are kept after they were redeemed, declined or revoked, or have expired"
  },
  raceNamePending: {
    name: "BACKEND_RACE_NAME_PENDING",
    parse: duration(minute, 3_650 * day),
    fallback: 30 * day,
    fallbackText: "30d",
    about: "how long a player may register the race name that they have earned in a game"
  },
  reportRetention: {
    name: "BACKEND_REPORT_RETENTION",
    parse: duration(day, 36_500 * day),
    fallback: 366 * day,
    fallbackText: "366d",
    about: "how long after a game's end its players can read its reports; then its state is removed"
  },
  turnMinInterval: {
    name: "BACKEND_TURN_MIN_INTERVAL",
    parse: duration(second, day),
    fallback: minute,
    fallbackText: "1m",
    about: "shortest time between two turns that a game's schedule may ask for"
  },
  inviteLifetime: {
    name: "BACKEND_INVITE_LIFETIME",
    parse: duration(minute, 365 * day),
    fallback: 7 * day,
    fallbackText: "7d",
    about: "how long an invite without an expiry of its own is valid"
  },
  invitesPerPlayer: {
    name: "BACKEND_INVITES_PER_PLAYER",
    parse: whole(1, 10_000),
    fallback: 5,
    fallbackText: "5",
    about: "invites to one game that a player is sent in a day"
  },
  playerMailsPerSender: {
    name: "BACKEND_PLAYER_MAILS_PER_SENDER",
    parse: whole(0, 10_000),
    fallback: 5,
    fallbackText: "5",
    about: "mails of one kind, such as invites, that a player gets in a day because of one other player"
  },
  playerMailsPerDay: {
    name: "BACKEND_PLAYER_MAILS_PER_DAY",
    parse: whole(0, 10_000),
    fallback: 20,
    fallbackText: "20",
    about: "mails of one kind that a player gets in a day because of all other players together"
  },
  codeThrottleWindow: {
    name: "BACKEND_AUTH_THROTTLE_WINDOW",
    parse: duration(second, hour),
    fallback: minute,
    fallbackText: "1m",
    about:
      "period in which at most BACKEND_AUTH_THROTTLE_LIMIT codes are mailed to an address for one network; further requests get the last code's challenge"
  },
  codeThrottleLimit: {
    name: "BACKEND_AUTH_THROTTLE_LIMIT",
    parse: whole(1, 100),
    fallback: 1,
    fallbackText: "1",
    about: "codes per e-mail address and source network within the throttle window"
  },
  codeLifetime: {
    name: "BACKEND_AUTH_CODE_LIFETIME",
    parse: duration(minute, hour),
    fallback: 10 * minute,
    fallbackText: "10m",
    about: "how long a code to sign in is valid"
  },
  mailsPerHour: {
    name: "BACKEND_AUTH_MAILS_PER_HOUR",
    parse: whole(1, 1_000),
    fallback: 5,
    fallbackText: "5",
    about: "login mails an address gets in an hour for requests from one network (an IPv4 address or an IPv6 /64)"
  },
  mailsPerDay: {
    name: "BACKEND_AUTH_MAILS_PER_DAY",
    parse: whole(2, 10_000),
    fallback: 100,
    fallbackText: "100",
    about: "login mails an address gets in a day, for requests from all networks together"
  },
  mailsKept: {
    name: "BACKEND_AUTH_MAILS_KEPT",
    parse: whole(0, 10_000),
    fallback: 50,
    fallbackText: "50",
    about:
      "how many of BACKEND_AUTH_MAILS_PER_DAY are reserved for networks from which the address has signed in; must be fewer than all"
  },
  sessionsPerPlayer: {
    name: "BACKEND_AUTH_SESSIONS_PER_PLAYER",
    parse: whole(1, 200),
    fallback: 20,
    fallbackText: "20",
    about: "devices that a player may be signed in on; one more sign-in ends the session that was idle longest"
  },
  deletedKept: {
    name: "BACKEND_DELETED_ACCOUNT_RETENTION",
    parse: duration(minute, 3_650 * day),
    fallback: 30 * day,
    fallbackText: "30d",
    about: "how long a deleted account's personal data is kept until it is erased, and its address may sign up again"
  },
  erasureLedger: {
    name: "BACKEND_ERASURE_LEDGER",
    parse: nonEmpty,
    optional: true,
    about:
      "file in which the ids of erased accounts are kept, outside of the database: after a restore they are erased again; without it a restored backup brings back what was erased since"
  },
  defaultLanguage: {
    name: "BACKEND_DEFAULT_LANGUAGE",
    parse: nonEmpty,
    fallback: "en",
    fallbackText: "en",
    about: "language of mails for players who don't choose one"
  },
  ...engines,
  adminAddr: adminAddr("BACKEND"),
  ...accessLog("BACKEND", "off"),
  ...stdoutExporters("BACKEND"),
  adminEmail: {
    name: "BACKEND_ADMIN_EMAIL",
    parse: emailAddress,
    optional: true,
    about:
      "address of the operators, who are mailed about failed starts and turns, unhealthy engines, mails that were given up, and applications to public games; without it these are only logged"
  },
  publicUrl: {
    name: "BACKEND_PUBLIC_URL",
    parse: url("http", "https"),
    optional: true,
    about:
      "where players reach the gateway, such as https://galaxy.example.org: mails carry a link to it that stops mails of their kind. Without it the link is to http://127.0.0.1:8080 or, in one process, to where the gateway listens"
  },
  smtpFrom: {
    name: "BACKEND_SMTP_FROM",
    parse: mailbox,
    fallback: "Galaxy <galaxy@localhost>",
    fallbackText: "Galaxy <galaxy@localhost>",
    about: "sender of every mail"
  },
  logLevel: {
    name: "BACKEND_LOG_LEVEL",
    parse: logLevel,
    fallback: "info",
    fallbackText: "info",
    about: "lowest level that is logged"
  }
} as const satisfies Record<string, Setting<unknown>>

/** Read by the backend only when it runs as a separate process. */
export const backendAlone = {
  postgresDsn: {
    name: "BACKEND_POSTGRES_DSN",
    parse: url("postgres", "postgresql"),
    secret: true,
    about: "the PostgreSQL database, such as postgres://user:password@host:5432/galaxy"
  },
  postgresMaxConns: {
    name: "BACKEND_POSTGRES_MAX_OPEN_CONNS",
    parse: whole(2, 500),
    fallback: 10,
    fallbackText: "10",
    about: "size of the connection pool; four more connections hold the database lock and listen for signals"
  },
  postgresStatementTimeout: {
    name: "BACKEND_POSTGRES_STATEMENT_TIMEOUT",
    parse: duration(second, 10 * minute),
    fallback: 8 * second,
    fallbackText: "8s",
    about:
      "PostgreSQL cancels a statement after this time; if it hasn't answered 2s later, the connection is closed. Migrations have more time"
  },
  postgresLockWait: {
    name: "BACKEND_POSTGRES_LOCK_WAIT",
    parse: duration(0, hour),
    fallback: 20 * second,
    fallbackText: "20s",
    about: "how long a start waits for another backend to release the database before it gives up"
  },
  engineState: {
    name: "BACKEND_ENGINE_STATE",
    parse: oneOf("database", "folder"),
    fallback: "database",
    fallbackText: "database",
    about:
      "where games' states are kept: in the database, which engines on any host are given them from, or only in the folders of the hosts where their engines run. A game whose state is in the database stays there"
  },
  clusterAddr: {
    name: "BACKEND_CLUSTER_ADDR",
    parse: address,
    optional: true,
    about:
      "where other backends of the same database reach this one, such as 10.0.0.5:7070; without it this backend works on its database alone. Each has its own, and all have the same BACKEND_SECRET_KEY, by which they know each other; keep the port on a private network"
  },
  clusterListenAddr: {
    name: "BACKEND_CLUSTER_LISTEN_ADDR",
    parse: address,
    optional: true,
    about: "where it listens for them, if that differs from BACKEND_CLUSTER_ADDR, such as 0.0.0.0:7070"
  },
  endDelay: {
    name: "BACKEND_END_DELAY",
    parse: duration(0, hour),
    fallback: 0,
    fallbackText: "0s",
    about:
      "how long a backend that is ending goes on serving while `/readyz` says 503, so that gateways turn to others first, such as 2s; its games move at once"
  },
  secretKey: {
    name: "BACKEND_SECRET_KEY",
    parse: base64(32),
    secret: true,
    about: "32 random bytes in base64 that protect login codes and queued mails; must stay the same for a database"
  },
  smtpUrl: {
    name: "BACKEND_SMTP_URL",
    parse: url("smtp", "smtps"),
    secret: true,
    about: "the mail relay, such as smtp://user:password@host:587"
  },
  smtpTimeout: {
    name: "BACKEND_SMTP_TIMEOUT",
    parse: duration(second, 5 * minute),
    fallback: 8 * second,
    fallbackText: "8s",
    about:
      "longest silence of the relay while a mail is handed over; raise it for a relay that is slow to accept mails. Above 11s, mails of a backend that has died wait for more than a minute"
  },
  dataDir: {
    name: "BACKEND_DATA_DIR",
    parse: nonEmpty,
    optional: true,
    about: "folder of the engines' state where they are child processes, which need it; must survive restarts"
  },
  hostId: {
    name: "BACKEND_HOST_ID",
    parse: hostId,
    optional: true,
    about:
      "name of this machine as a host of child processes, by which its games find their states again. By default one is made, and kept in the data folder"
  },
  endTimeout: {
    name: "BACKEND_END_TIMEOUT",
    parse: duration(100, hour),
    fallback: 4_500,
    fallbackText: "4500ms",
    about:
      "how long the backend may take to end in good order before it cuts itself short; give whoever stops it a little more before it kills"
  },
  ...dockerEngines
} as const satisfies Record<string, Setting<unknown>>

/** Read by the gateway in every shape. */
export const gateway = {
  httpAddr: {
    name: "GATEWAY_HTTP_ADDR",
    parse: address,
    fallback: { host: "127.0.0.1", port: 8080 },
    fallbackText: "127.0.0.1:8080",
    about: "where players connect: REST, Connect, gRPC and gRPC-Web on one port"
  },
  allowedHosts: {
    name: "GATEWAY_ALLOWED_HOSTS",
    parse: hostNames,
    fallback: [],
    fallbackText: "none",
    about:
      "host names players connect to, separated by commas. On loopback they are added to the names of loopback. Elsewhere only these are answered, or any if none is set; probes are always answered"
  },
  corsOrigins: {
    name: "GATEWAY_CORS_ORIGINS",
    parse: list(origin),
    fallback: [],
    fallbackText: "none",
    about:
      "origins of other sites whose pages may call this gateway (CORS), separated by commas, such as https://play.example.org. The page that it serves itself needs none"
  },
  tlsCertPath: {
    name: "GATEWAY_TLS_CERT_PATH",
    parse: nonEmpty,
    optional: true,
    about:
      "certificate chain in PEM; with the key, the port speaks TLS. Both files are read again every 10 seconds, and connections that come after a change get the new certificate"
  },
  tlsKeyPath: {
    name: "GATEWAY_TLS_KEY_PATH",
    parse: nonEmpty,
    optional: true,
    secret: true,
    about: "private key in PEM of the certificate"
  },
  freshnessPast: {
    name: "GATEWAY_FRESHNESS_PAST",
    parse: duration(second, 5 * minute),
    fallback: 60 * second,
    fallbackText: "60s",
    about: "how old a request's timestamp may be"
  },
  freshnessFuture: {
    name: "GATEWAY_FRESHNESS_FUTURE",
    parse: duration(second, 5 * minute),
    fallback: 10 * second,
    fallbackText: "10s",
    about: "how far ahead a request's timestamp may be"
  },
  maxPayloadBytes: {
    name: "GATEWAY_MAX_PAYLOAD_BYTES",
    parse: whole(1_024, 64 * 1_048_576),
    fallback: 1_048_576,
    fallbackText: "1048576",
    about: "largest payload of a request, in bytes"
  },
  webPage: {
    name: "GATEWAY_WEB_PAGE",
    parse: flag,
    fallback: true,
    fallbackText: "true",
    about:
      "whether the player's client for browsers is served at `/`, where the package @galaxy/web is installed; false serves programs alone"
  },
  reflection: {
    name: "GATEWAY_GRPC_REFLECTION",
    parse: flag,
    fallback: false,
    fallbackText: "false",
    about: "whether tools such as `buf curl` may ask for the proto files, by gRPC's server reflection"
  },
  ...gatewayLimits,
  ...gatewayBounds,
  adminAddr: adminAddr("GATEWAY"),
  ...stdoutExporters("GATEWAY"),
  ...accessLog("GATEWAY", "refusals"),
  logLevel: {
    name: "GATEWAY_LOG_LEVEL",
    parse: logLevel,
    fallback: "info",
    fallbackText: "info",
    about: "lowest level that is logged"
  }
} as const satisfies Record<string, Setting<unknown>>

/** Read by the gateway only when it runs as a separate process. */
export const gatewayAlone = {
  backendHttpUrls: {
    name: "GATEWAY_BACKEND_HTTP_URL",
    parse: some(url("http", "https")),
    about:
      "the backend's REST surfaces, such as http://127.0.0.1:8081; of several backends, separated by commas. A name with several addresses stands for as many backends, and is looked up every 5 seconds"
  },
  backendGrpcPushUrls: {
    name: "GATEWAY_BACKEND_GRPC_PUSH_URL",
    parse: some(url("http", "https")),
    about:
      "the backend's push stream, such as http://127.0.0.1:8082; of several backends, separated by commas. The gateway follows one of them, and another when its stream ends"
  },
  backendToken: {
    name: "GATEWAY_BACKEND_TOKEN",
    parse: nonEmpty,
    optional: true,
    secret: true,
    about: "the value of the backend's BACKEND_GATEWAY_TOKEN"
  },
  redisUrl: {
    name: "GATEWAY_REDIS_URL",
    parse: url("redis", "rediss"),
    secret: true,
    about: "Redis that keeps the replay reservations of all gateways"
  },
  ...redisSentinels,
  sharedBudgets: {
    name: "GATEWAY_SHARED_BUDGETS",
    parse: flag,
    fallback: false,
    fallbackText: "false",
    about:
      "whether the budgets of signed requests (by address, session, user and message type) are counted in Redis, for all gateways together; otherwise each gateway grants them by itself"
  },
  signingKey: {
    name: "GATEWAY_SIGNING_KEY",
    parse: parseSigningKey,
    optional: true,
    secret: true,
    about:
      "the Ed25519 key that signs responses and events: PEM (PKCS#8), or its seed of 32 random bytes in hex or base64. Either it or GATEWAY_SIGNING_KEY_PATH must be set"
  },
  signingKeyPath: {
    name: "GATEWAY_SIGNING_KEY_PATH",
    parse: nonEmpty,
    optional: true,
    about: "a file with that key instead, in one of these forms or as the 32 bytes themselves"
  },
  keyEndorsementsPath: {
    name: "GATEWAY_KEY_ENDORSEMENTS_PATH",
    parse: nonEmpty,
    optional: true,
    about:
      "while keys are rotated: the JSON file of `galaxy-signing-key endorse`, the same at all gateways. By it clients that know one key come to trust the other"
  },
  clientId: {
    name: "GATEWAY_CLIENT_ID",
    parse: text,
    optional: true,
    about:
      "name under which this gateway subscribes at the backend, unique to it; random if not set. Several processes add `-1`, `-2` and so on"
  },
  processes: {
    name: "GATEWAY_PROCESSES",
    parse: whole(1, 64),
    optional: true,
    about:
      "how many processes share the port. By default one for each core that may be used, at most 16, and fewer where memory is short. They divide the overall bounds; all connections of an address come to the same process, so bounds and budgets per address hold as they are set"
  }
} as const satisfies Record<string, Setting<unknown>>

/** Read by the one-process shape only. */
export const allInOne = {
  dataDir: {
    name: "GALAXY_DATA_DIR",
    parse: nonEmpty,
    fallback: ".galaxy",
    fallbackText: "./.galaxy",
    about: "folder of the database, the games, the caught mails and the keys"
  },
  mailPageAddr: {
    name: "GALAXY_MAIL_PAGE_ADDR",
    parse: address,
    fallback: { host: "127.0.0.1", port: 8025 },
    fallbackText: "127.0.0.1:8025",
    about: "web page that shows the caught mails, opened by its key; loopback only"
  },
  mailPageHosts: {
    name: "GALAXY_MAIL_PAGE_ALLOWED_HOSTS",
    parse: hostNames,
    fallback: [],
    fallbackText: "none",
    about: "host names that page answers to besides those of loopback, separated by commas"
  },
  mailSmtpAddr: {
    name: "GALAXY_MAIL_SMTP_ADDR",
    parse: address,
    fallback: { host: "127.0.0.1", port: 0 },
    fallbackText: "a free port",
    about: "built-in SMTP server that catches the mails of this platform; loopback only"
  },
  mailRelayUrl: {
    name: "GALAXY_MAIL_RELAY_URL",
    parse: url("smtp", "smtps"),
    optional: true,
    secret: true,
    about:
      "the mail relay that all mails go to, such as smtp://user:password@host:587, for players elsewhere; without it they are caught and shown"
  },
  logFile: {
    name: "GALAXY_LOG_FILE",
    parse: nonEmpty,
    optional: true,
    about: "log file; galaxy.log in the data folder if not set, - for the terminal"
  }
} as const satisfies Record<string, Setting<unknown>>

/** Groups by the processes that read them, in the order of the help. */
export const groups = {
  "all-in-one": { allInOne, gateway, backend, telemetry },
  backend: { backendAlone, backend, telemetry },
  gateway: { gatewayAlone, gateway, telemetry },
  user: { userServiceRequired, userService, telemetry, userServiceTelemetry, userServiceRetired }
} as const

/** The names of all settings of all processes. */
export const knownNames: ReadonlySet<string> = new Set(
  [backend, backendAlone, gateway, gatewayAlone, allInOne, telemetry, ...Object.values(userServiceGroups)].flatMap(
    (group: Readonly<Record<string, Setting<unknown>>>) => Object.values(group).map((it) => it.name)
  )
)
