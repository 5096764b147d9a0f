/**
 * The runtime's layers, put together.
 *
 * There are two parts: the orders that others give to the runtime, which the lobby needs, and the runtime's own work,
 * which needs the lobby.
 */
import { Effect, Layer } from "effect"
import type { Sharding } from "effect/cluster"
import type { HttpClient } from "effect/http"
import type { SqlClient } from "effect/sql"
import type { EngineSettings } from "../engine/EngineSettings.ts"
import type { RuntimeEvents } from "./RuntimeEvents.ts"
import type { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import * as EngineClient from "../engine/EngineClient.ts"
import type { EngineHost } from "../engine/EngineHost.ts"
import type { EngineTokens } from "../engine/EngineTokens.ts"
import * as EngineVersions from "../engine/EngineVersions.ts"
import { EngineVersionUse } from "../engine/EngineVersionUse.ts"
import * as Backends from "./Backends.ts"
import * as EngineHosts from "./EngineHosts.ts"
import * as EngineJobs from "./EngineJobs.ts"
import * as Heartbeats from "./Heartbeats.ts"
import * as HealthLog from "./HealthLog.ts"
import * as OperationLog from "./OperationLog.ts"
import type { RuntimeConfig } from "./RuntimeConfig.ts"
import * as RuntimeJobs from "./RuntimeJobs.ts"
import * as RuntimeScheduler from "./RuntimeScheduler.ts"
import * as RuntimeStore from "./RuntimeStore.ts"
import * as Runtimes from "./Runtimes.ts"
import * as SeatOrders from "./SeatOrders.ts"
import * as TurnCommits from "./TurnCommits.ts"
import type { StateVault } from "./vault/StateVault.ts"

type Storage = SqlClient.SqlClient | DatabaseSignal

/** For the lobby: orders to the runtime, and the registry of engine versions. */
export const layerForLobby: Layer.Layer<RuntimeJobs.RuntimeJobs | EngineVersions.EngineVersions, never, Storage> =
  RuntimeJobs.layer.pipe(Layer.provideMerge(EngineVersions.layer))

const versionUse = Layer.effect(
  EngineVersionUse,
  Effect.map(RuntimeStore.RuntimeStore, (store) => EngineVersionUse.of({ inUse: store.usesVersion }))
)

/** For administrators' calls: orders about engines, the logs of operations and of health, and the use of versions. */
export const layerForAdmins: Layer.Layer<
  EngineJobs.EngineJobs | EngineVersionUse | OperationLog.OperationLog | HealthLog.HealthLog,
  never,
  Storage | EngineVersions.EngineVersions
> = Layer.mergeAll(EngineJobs.layer, versionUse).pipe(
  Layer.provide(RuntimeStore.layer),
  Layer.provideMerge(Layer.mergeAll(OperationLog.layer, HealthLog.layer))
)

/**
 * Runtimes, their rows and the calls to their engines. Starts nothing by itself: work is done only when it is asked
 * for.
 */
export const layer: Layer.Layer<
  | Runtimes.Runtimes
  | RuntimeStore.RuntimeStore
  | TurnCommits.TurnCommits
  | SeatOrders.SeatOrders
  | OperationLog.OperationLog
  | HealthLog.HealthLog
  | Heartbeats.Heartbeats
  | Backends.Backends
  | EngineHosts.EngineHosts
  | EngineClient.EngineClient,
  never,
  | Storage
  | RuntimeEvents
  | RuntimeConfig
  | EngineSettings
  | EngineHost
  | EngineTokens
  | HttpClient.HttpClient
  | Sharding.Sharding
  | StateVault
> = Runtimes.layer.pipe(
  Layer.provideMerge(TurnCommits.layer),
  Layer.provideMerge(
    Layer.mergeAll(
      SeatOrders.layer,
      RuntimeStore.layer,
      OperationLog.layer,
      HealthLog.layer,
      Heartbeats.layer,
      Backends.layer,
      EngineHosts.layer,
      EngineClient.layer
    )
  )
)

/** The same, with the scheduler: due starts and turns happen by themselves. */
export const layerAtWork = RuntimeScheduler.layer.pipe(Layer.provideMerge(layer))
