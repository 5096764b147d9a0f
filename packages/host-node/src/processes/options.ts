/** Turns settings into the options of layers. */
import { readFileSync } from "node:fs"
import type { Callers } from "@galaxy/core/http/Callers"
import { Redacted } from "effect"
import { budgetsOf, timesOf } from "../config/gatewayLimits.ts"
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"
import * as FileErasureLedger from "../files/FileErasureLedger.ts"
import { readProblem } from "../files/problems.ts"
import type { GatewayOptions } from "../gateway/GatewayServer.ts"
import { installedFolder } from "../gateway/page/PageFolder.ts"
import { pairProblem } from "../gateway/tls/TlsFiles.ts"
import { isLoopback } from "../http/hosts.ts"
import type { GatewayKeys } from "./gatewayKeys.ts"
import { clusterProblems } from "./clusterProblems.ts"
import { engineProblems } from "./engineProblems.ts"
import type { BackendServerOptions } from "./BackendServer.ts"

/**
 * Who may call the backend; undefined where the settings name nobody. A token takes precedence over a trusted network.
 */
const callersOf = (values: Values<typeof settings.backend>): Callers | undefined => {
  if (values.gatewayToken !== undefined) return { gatewayToken: Redacted.make(values.gatewayToken) }
  return values.trustedNetwork ? { trustedNetwork: true } : undefined
}

const unreadable = (name: string, path: string | undefined): ReadonlyArray<string> => {
  try {
    if (path !== undefined) readFileSync(path)
    return []
  } catch (cause) {
    return [`${name}: ${readProblem(path ?? "", cause)}`]
  }
}

/** Files that can't be read, or that hold no certificate and its key. */
const tlsProblems = (values: Values<typeof settings.gateway>): ReadonlyArray<string> => {
  const { tlsCertPath, tlsKeyPath } = values
  const problems = [
    ...unreadable("GATEWAY_TLS_CERT_PATH", tlsCertPath),
    ...unreadable("GATEWAY_TLS_KEY_PATH", tlsKeyPath)
  ]
  if (problems.length > 0 || tlsCertPath === undefined || tlsKeyPath === undefined) return problems
  const problem = pairProblem({ cert: readFileSync(tlsCertPath, "utf8"), key: readFileSync(tlsKeyPath, "utf8") })
  return problem === undefined ? [] : [`GATEWAY_TLS_CERT_PATH, GATEWAY_TLS_KEY_PATH: ${problem}`]
}

/** Contradictions between values that are valid by themselves, and TLS files that can't be used; one line each. */
export const contradictions = (values: {
  readonly backend?: Values<typeof settings.backend>
  readonly backendAlone?: Partial<Values<typeof settings.backendAlone>>
  readonly gateway?: Values<typeof settings.gateway>
  readonly allInOne?: Values<typeof settings.allInOne>
  /** True if `allInOne` is given, unless said otherwise: its own settings may be invalid. */
  readonly inOneProcess?: boolean
}): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const { allInOne, backend, backendAlone, gateway, inOneProcess = allInOne !== undefined } = values
  // In one process the two halves agree on a token by themselves.
  if (backend !== undefined && !inOneProcess && callersOf(backend) === undefined) {
    problems.push(
      "BACKEND_GATEWAY_TOKEN: must be set, here and as GATEWAY_BACKEND_TOKEN at the gateways. Set BACKEND_TRUSTED_NETWORK=true instead only where nothing but gateways can reach the backend, not even other users of this machine"
    )
  }
  if (allInOne !== undefined) {
    // Whoever reads these mails can sign in as anybody.
    if (!isLoopback(allInOne.mailPageAddr.host)) problems.push("GALAXY_MAIL_PAGE_ADDR: must be a loopback address")
    if (!isLoopback(allInOne.mailSmtpAddr.host)) problems.push("GALAXY_MAIL_SMTP_ADDR: must be a loopback address")
  }
  if (backend !== undefined) {
    const open = [backend.httpAddr, backend.grpcPushAddr].filter((it) => !isLoopback(it.host))
    if (inOneProcess && open.length > 0 && callersOf(backend) === undefined) {
      problems.push(
        "BACKEND_HTTP_ADDR, BACKEND_GRPC_PUSH_ADDR: on an address other than loopback the backend needs BACKEND_GATEWAY_TOKEN or BACKEND_TRUSTED_NETWORK=true"
      )
    }
    if (backend.mailsKept >= backend.mailsPerDay) {
      problems.push(
        "BACKEND_AUTH_MAILS_KEPT: must be less than BACKEND_AUTH_MAILS_PER_DAY, or nobody could sign in for the first time"
      )
    }
    // The other way round is usual: the password is removed after the first start.
    if (backend.adminBootstrapUser === undefined && backend.adminBootstrapPassword !== undefined) {
      problems.push("BACKEND_ADMIN_BOOTSTRAP_PASSWORD: needs BACKEND_ADMIN_BOOTSTRAP_USER, whose password it is")
    }
  }
  if (backendAlone !== undefined) problems.push(...engineProblems(backendAlone), ...clusterProblems(backendAlone))
  if (gateway !== undefined && (gateway.tlsCertPath === undefined) !== (gateway.tlsKeyPath === undefined)) {
    problems.push("GATEWAY_TLS_CERT_PATH, GATEWAY_TLS_KEY_PATH: set both or neither")
  }
  if (gateway !== undefined) problems.push(...tlsProblems(gateway))
  return problems
}

/** Prints contradictions; true when there are any. */
export const refused = (values: Parameters<typeof contradictions>[0]): boolean => {
  const problems = contradictions(values)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 2
  return problems.length > 0
}

/** Reads the certificate; throws with the path when it can't. */
const tlsOf = (values: Values<typeof settings.gateway>) =>
  values.tlsCertPath === undefined || values.tlsKeyPath === undefined
    ? undefined
    : {
        cert: readFileSync(values.tlsCertPath, "utf8"),
        key: readFileSync(values.tlsKeyPath, "utf8"),
        files: { cert: values.tlsCertPath, key: values.tlsKeyPath }
      }

/** The installed console, if it is to be served. */
const consoleOf = (values: Values<typeof settings.backend>) => {
  const folder = values.adminConsole ? installedFolder("dist-admin") : undefined
  return folder === undefined ? undefined : { folder }
}

/** The installed page, if it is to be served. */
const pageOf = (values: Values<typeof settings.gateway>) => {
  const folder = values.webPage ? installedFolder() : undefined
  return folder === undefined ? undefined : { folder }
}

/**
 * The gateway's options. Reads the TLS files, and throws where they can't be read; `refused` has checked them. `endorsed`
 * are keys to publish while they are rotated.
 */
export const gatewayOptions = (
  values: Values<typeof settings.gateway>,
  endorsed: GatewayKeys["endorsed"] = []
): GatewayOptions => ({
  host: values.httpAddr.host,
  port: values.httpAddr.port,
  tls: tlsOf(values),
  page: pageOf(values),
  reflection: values.reflection,
  accessLog: { which: values.accessLog, perSecond: values.accessLogPerSecond },
  allowedHosts: values.allowedHosts,
  corsOrigins: values.corsOrigins,
  edge: {
    freshnessPastMs: values.freshnessPast,
    freshnessFutureMs: values.freshnessFuture,
    maxPayloadBytes: values.maxPayloadBytes,
    endorsedKeys: endorsed
  },
  budgets: {
    ...budgetsOf(values),
    failuresIp: { burst: values.failuresPerAddress, perSecond: values.failuresPerAddressRefill }
  },
  times: timesOf(values),
  endDelayMs: values.endDelay,
  bounds: {
    ...(values.maxConnections === undefined ? {} : { connections: values.maxConnections }),
    connectionsPerAddress: values.maxConnectionsPerAddress,
    unverifiedPerAddress: values.maxUnverifiedPerAddress,
    waitingPerAddress: values.maxWaitingPerAddress,
    ...(values.maxRequests === undefined ? {} : { requests: values.maxRequests }),
    requestsPerAddress: values.maxRequestsPerAddress,
    ...(values.maxBodyBytes === undefined ? {} : { bodyBytes: values.maxBodyBytes }),
    bodyBytesPerAddress: values.maxBodyBytesPerAddress
  },
  hub: { maxStreams: values.maxStreams, maxStreamsPerNetwork: values.maxStreamsPerAddress },
  sources: {
    exempt: values.exemptNetworks,
    trustedProxies: values.trustedProxies,
    proxyProtocol: values.proxyProtocolNetworks
  }
})

/** How long an orderly end may take, with all that the settings allow for. Milliseconds. */
export const longestEndMs = (values: Values<typeof settings.gateway>): number =>
  values.endDelay + values.drainTimeout + values.endTimeout

/**
 * The backend's options without the secret, whose source depends on the shape. `callers` is undefined where the
 * settings name nobody.
 */
export const backendOptions = (
  values: Values<typeof settings.backend>
): Omit<BackendServerOptions, "secret" | "callers"> & { readonly callers: Callers | undefined } => ({
  host: values.httpAddr.host,
  port: values.httpAddr.port,
  pushHost: values.grpcPushAddr.host,
  pushPort: values.grpcPushAddr.port,
  callers: callersOf(values),
  allowedHosts: values.allowedHosts,
  accessLog: { which: values.accessLog, perSecond: values.accessLogPerSecond },
  console: consoleOf(values),
  admin:
    values.adminBootstrapUser === undefined || values.adminBootstrapPassword === undefined
      ? undefined
      : { user: values.adminBootstrapUser, password: Redacted.make(values.adminBootstrapPassword) },
  mailFrom: values.smtpFrom,
  adminEmail: values.adminEmail,
  publicUrl: values.publicUrl,
  keepEventsMs: values.freshnessWindow,
  keepMailsMs: values.mailRetention,
  keepOperationsMs: values.operationLogRetention,
  // What they say of a deleted player must be gone when the account is erased.
  keepNotificationsMs: Math.min(values.notificationRetention, Math.max(values.deletedKept, 86_400_000)),
  keepInvitesMs: values.inviteRetention,
  raceNames: { pendingForMs: values.raceNamePending },
  erasureLedger: values.erasureLedger === undefined ? undefined : FileErasureLedger.make(values.erasureLedger),
  keepReportsMs: values.reportRetention,
  auth: {
    throttleWindowMs: values.codeThrottleWindow,
    throttleLimit: values.codeThrottleLimit,
    codeLifetimeMs: values.codeLifetime,
    mailsPerHour: values.mailsPerHour,
    mailsPerDay: values.mailsPerDay,
    mailsKept: values.mailsKept,
    sessionsPerPlayer: values.sessionsPerPlayer,
    deletedKeptMs: values.deletedKept,
    defaultLanguage: values.defaultLanguage
  },
  notifications: { mailsPerSender: values.playerMailsPerSender, mailsPerDay: values.playerMailsPerDay },
  lobby: {
    turnMinIntervalMs: values.turnMinInterval,
    inviteLifetimeMs: values.inviteLifetime,
    invitesPerPlayerPerDay: values.invitesPerPlayer
  },
  runtime: {
    longestTurn: values.engineTurnLimit,
    turnAttempts: values.engineTurnAttempts,
    moveAfterOutage: values.turnsMoveAfterOutage
  }
})

/** Limits of the engines that this machine runs. */
export const engineLimits = (values: Values<typeof settings.backend>) => ({
  maxEngines: values.engineMax,
  sleepAfter: values.engineSleepAfter,
  heap: {
    base: values.engineHeapBase,
    perPlayer: values.engineHeapPerPlayer,
    most: values.engineHeapMax
  },
  memoryAdvice:
    "raise BACKEND_ENGINE_HEAP_BASE, BACKEND_ENGINE_HEAP_PER_PLAYER or BACKEND_ENGINE_HEAP_MAX and restart the backend"
})
