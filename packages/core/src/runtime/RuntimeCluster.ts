/**
 * Where the owners of games live: all in this process, or spread over the backends of a database.
 *
 * Owners hold nothing that must last, so no messages are stored: whatever an owner was doing when it was lost is taken up
 * again from the game's row. That two backends may for a moment both believe to own a game does no harm, since every
 * write is fenced (docs/decisions/1421).
 */
import { Effect, Exit, Layer, Option, type Redacted, Scope } from "effect"
import {
  HttpRunner,
  MessageStorage,
  RunnerAddress,
  RunnerHealth,
  Runners,
  RunnerServer,
  RunnerStorage,
  Sharding,
  ShardingConfig
} from "effect/cluster"
import { HttpClient, HttpRouter, type HttpServer } from "effect/http"
import { RpcSerialization, RpcServer } from "effect/rpc"
import type { SqlClient } from "effect/sql"
import * as ClusterStorage from "./cluster/ClusterStorage.ts"
import { OwnAddress } from "./cluster/OwnAddress.ts"
import * as peerCalls from "./cluster/peerCalls.ts"
import * as peerRunners from "./cluster/peerRunners.ts"
import * as RunnerCheck from "./cluster/RunnerCheck.ts"
import * as RunnerWatch from "./cluster/RunnerWatch.ts"
import * as SecretCheck from "./cluster/SecretCheck.ts"
import { SharedGames } from "./cluster/SharedGames.ts"
import type { StorageError } from "../shared/StorageError.ts"

/** `Sharding` for a single process, all in memory. At shutdown owners get 100 ms to end. */
export const layerSingle: Layer.Layer<Sharding.Sharding> = Sharding.layer.pipe(
  Layer.provide(Runners.layerNoop),
  Layer.provide(MessageStorage.layerNoop),
  Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
  Layer.provide(
    ShardingConfig.layer({
      shardsPerGroup: 16,
      // Work that is cut off is taken up again from its row, so a shutdown doesn't wait for it.
      entityTerminationTimeout: "100 millis",
      simulateRemoteSerialization: false
    })
  )
)

/** How this backend takes part in the cluster of its database. */
export interface ClusterOptions {
  /** Where the other backends reach this one. No two backends have the same. */
  readonly address: { readonly host: string; readonly port: number }
  /** The backends' secret: 32 bytes, the same for all of a database. What they know each other by is derived from it. */
  readonly secret: Redacted.Redacted<Uint8Array>
  /**
   * When it is over, this backend hands its games to the others, whatever else of it goes on: its own calls to owners fail
   * from then on. At the end of the layer's scope when absent.
   */
  readonly leaving?: Effect.Effect<void> | undefined
  /** Multiplies all times of the cluster, for tests that can't wait for the usual ones; 1 when absent. */
  readonly timeScale?: number | undefined
}

const path = "/cluster"

/** The same at every backend of a database, or they would disagree about who owns what. In milliseconds. */
const settings = (scale: number) => ({
  shardsPerGroup: 60,
  refreshAssignmentsInterval: 1_000 * scale,
  entityMessagePollInterval: 2_000 * scale,
  entityTerminationTimeout: 1_000 * scale,
  // The server ends the session with a frozen backend's locks after the expiration.
  shardLockRefreshInterval: 3_000 * scale,
  shardLockExpiration: 10_000 * scale,
  runnerHealthCheckInterval: 2_000 * scale,
  simulateRemoteSerialization: false
})

/**
 * `Sharding` for several backends on one PostgreSQL database. Each serves the others at `HttpServer`, for calls that
 * prove to know the secret, and holds the locks of its share of the games on one session of the database. The database must be
 * migrated. Fails with `SecretDiffers` where other backends have another secret.
 */
export const layerSql = ({
  address: { host, port },
  leaving = Effect.never,
  secret,
  timeScale = 1
}: ClusterOptions): Layer.Layer<
  Sharding.Sharding,
  SecretCheck.SecretDiffers | StorageError,
  SqlClient.SqlClient | HttpServer.HttpServer | HttpClient.HttpClient
> => {
  const self = RunnerAddress.make(host, port)
  const config = ShardingConfig.layer({ ...settings(timeScale), runnerAddress: Option.some(self) })
  const joined = Layer.unwrap(
    Effect.gen(function* () {
      yield* SecretCheck.check(secret, self)
      const proofs = yield* peerCalls.proofsOf(secret)
      const served = RunnerServer.layer.pipe(
        Layer.provideMerge(Sharding.layer),
        Layer.provide(RpcServer.layerProtocolHttp({ path })),
        Layer.merge(peerCalls.onlyPeers(proofs, peerCalls.receiverAt(host, port)))
      )
      return HttpRouter.serve(served, { disableLogger: true, disableListenLog: true }).pipe(
        Layer.merge(RunnerCheck.layer(self, timeScale)),
        Layer.merge(Layer.merge(Layer.succeed(SharedGames, true), Layer.succeed(OwnAddress, `${host}:${port}`))),
        Layer.provide(RunnerCheck.layerHealth(self, timeScale)),
        Layer.provide(peerRunners.layer),
        Layer.provide(HttpRunner.layerClientProtocolHttp({ path })),
        Layer.provide(Layer.effect(HttpClient.HttpClient, peerCalls.client(proofs))),
        Layer.provide(RunnerWatch.layer(timeScale))
      )
    })
  ).pipe(
    Layer.provide(RpcSerialization.layerNdjson),
    Layer.provide(MessageStorage.layerNoop),
    Layer.provide(ClusterStorage.layer),
    Layer.provide(config)
  )
  return Layer.effectContext(
    Effect.gen(function* () {
      const scope = yield* Scope.fork(yield* Effect.scope)
      const context = yield* Layer.buildWithScope(joined, scope)
      yield* Effect.forkScoped(Effect.andThen(leaving, Scope.close(scope, Exit.void)))
      return context
    })
  )
}
