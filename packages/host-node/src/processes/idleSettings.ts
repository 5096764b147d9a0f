/**
 * Settings that are set and have no effect, or another one than meant, in the shape that the others choose: one line each, for
 * whoever starts the process. What would be unsafe is refused instead (`options`).
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { dockerEngines } from "../config/dockerEngines.ts"
import type { ProcessName } from "../config/help.ts"
import type { Environment, Settings } from "../config/load.ts"
import { redisSentinels } from "../config/redisSentinels.ts"
import * as settings from "../config/settings.ts"
import type { Loaded } from "./check.ts"

const dayMs = 86_400_000

/** Those of the settings that are set. */
const given = (environment: Environment, of: Settings): ReadonlyArray<string> =>
  Object.values(of)
    .map(({ name }) => name)
    .filter((name) => (environment[name] ?? "") !== "")

const line = (names: ReadonlyArray<string>, why: string): ReadonlyArray<string> =>
  names.length === 0 ? [] : [`${names.join(", ")}: no effect ${why}`]

/** Games that have a folder of their own there. */
const foldersIn = (dataDir: string | undefined): number => {
  try {
    return dataDir === undefined ? 0 : readdirSync(join(dataDir, "games")).length
  } catch {
    return 0
  }
}

const { engineHeapBase, engineHeapMax, engineHeapPerPlayer, engineMax, engineSleepAfter } = settings.backend
const { engines: _, ...onlyOnDocker } = dockerEngines
const { hostId } = settings.backendAlone
const onlyAsChildren = { engineMax, engineSleepAfter, engineHeapBase, engineHeapPerPlayer, engineHeapMax, hostId }

const ofEngines = (environment: Environment, { backendAlone }: Loaded): ReadonlyArray<string> => {
  if (backendAlone === undefined) return []
  const { clusterAddr, dataDir, dockerHosts = [], engineState } = backendAlone
  const isDocker = backendAlone.engines === "docker"
  const left = isDocker ? foldersIn(dataDir) : 0
  return [
    ...(isDocker
      ? line(
          given(environment, onlyAsChildren),
          "with BACKEND_ENGINES=docker: how many engines a host runs is in BACKEND_DOCKER_HOSTS, what each may use in BACKEND_DOCKER_ENGINE_MEMORY and the settings beside it"
        )
      : line(given(environment, onlyOnDocker), "without BACKEND_ENGINES=docker: engines are this backend's children")),
    ...(left === 0
      ? []
      : [
          `BACKEND_DATA_DIR: no effect with BACKEND_ENGINES=docker, but states of ${left === 1 ? "a game are" : `${left} games are`} in it. Those that aren't in the database yet wait for engines there; doctor names them`
        ]),
    ...(engineState === "folder" && (clusterAddr !== undefined || dockerHosts.length > 1)
      ? [
          "BACKEND_ENGINE_STATE: with folder each game stays on the host where its engine runs, and waits while that is away; database lets it go on at another one"
        ]
      : [])
  ]
}

const ofBackend = (environment: Environment, { backend }: Loaded): ReadonlyArray<string> => {
  if (backend === undefined) return []
  const { accessLogPerSecond, adminBootstrapUser, notificationRetention, trustedNetwork } = settings.backend
  const longest = Math.max(backend.deletedKept, dayMs)
  return [
    ...(backend.trustedNetwork && backend.gatewayToken !== undefined
      ? line([trustedNetwork.name], "with BACKEND_GATEWAY_TOKEN: only callers with the token are let in")
      : []),
    ...(backend.adminBootstrapPassword === undefined
      ? line(given(environment, { adminBootstrapUser }), "without BACKEND_ADMIN_BOOTSTRAP_PASSWORD")
      : []),
    ...(backend.accessLog === "off"
      ? line(given(environment, { accessLogPerSecond }), "with BACKEND_ACCESS_LOG=off")
      : []),
    ...(backend.notificationRetention > longest && given(environment, { notificationRetention }).length > 0
      ? [
          `${notificationRetention.name}: no effect beyond BACKEND_DELETED_ACCOUNT_RETENTION, or a day where that is more`
        ]
      : [])
  ]
}

const ofGateway = (environment: Environment, { gateway, gatewayAlone }: Loaded): ReadonlyArray<string> => {
  const { sentinels, ...aboutSentinels } = redisSentinels
  const { accessLogPerSecond } = settings.gateway
  const http = gatewayAlone?.backendHttpUrls?.length ?? 0
  const push = gatewayAlone?.backendGrpcPushUrls?.length ?? 0
  return [
    ...(gatewayAlone !== undefined && (gatewayAlone.sentinels ?? []).length === 0
      ? line(given(environment, aboutSentinels), `without ${sentinels.name}`)
      : []),
    ...(gateway?.accessLog === "off"
      ? line(given(environment, { accessLogPerSecond }), "with GATEWAY_ACCESS_LOG=off")
      : []),
    ...(http > 0 && push > 0 && http !== push
      ? [
          `GATEWAY_BACKEND_HTTP_URL, GATEWAY_BACKEND_GRPC_PUSH_URL: the first names ${http} and the second ${push}; both should name the same backends`
        ]
      : [])
  ]
}

const ofOneProcess = (environment: Environment): ReadonlyArray<string> =>
  line(
    [...given(environment, settings.backendAlone), ...given(environment, settings.gatewayAlone)],
    "in one process, which has a database, engines and reservations of its own in its data folder"
  )

/** The lines, without the values of any setting. `values` are those that are valid. */
export const idleSettings = (name: ProcessName, environment: Environment, values: Loaded): ReadonlyArray<string> => [
  ...(name === "all-in-one" ? ofOneProcess(environment) : []),
  ...ofEngines(environment, values),
  ...ofBackend(environment, values),
  ...ofGateway(environment, values)
]
