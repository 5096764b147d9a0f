/**
 * The gateway for players, beside a Galaxy in the same process: it calls the backend without a connection in between.
 *
 * It has a port of its own, since it speaks gRPC over HTTP/2 and bounds what strangers may hold. Where it should run
 * apart, start `@galaxy/host-node`'s gateway instead, and give it the Galaxy's `fetch` and `servePush`.
 */
import { PushBroker } from "@galaxy/core/push/PushBroker"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as BrokerPushSource from "@galaxy/host-node/gateway/BrokerPushSource"
import * as FileReplayStore from "@galaxy/host-node/gateway/FileReplayStore"
import { type GatewayOptions as HostOptions, GatewayServer, layer } from "@galaxy/host-node/gateway/GatewayServer"
import * as InProcessBackendClient from "@galaxy/host-node/gateway/InProcessBackendClient"
import * as FastestEdgeCrypto from "@galaxy/host-node/gateway/FastestEdgeCrypto"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { GalaxyClosed, GalaxyStartFailed } from "./errors.ts"
import type { Galaxy } from "./Galaxy.ts"
import { attach } from "./internal/attach.ts"
import { secretOf } from "./internal/checked.ts"
import { type Internals, internalsOf } from "./internal/internals.ts"

/**
 * Where reservations are kept, by which no signed request runs twice. `redis`: its URL; for several gateways. `folder`:
 * for one gateway. `"memory"`: for trying and for tests; a request of the minute before a restart could run again.
 */
export type Replay = { readonly redis: string | undefined } | { readonly folder: string } | "memory"

/** What `createGateway` needs. */
export interface GatewayOptions {
  readonly backend: Pick<Galaxy, "fetch">
  /** The seed of the key by which clients know this gateway: 32 bytes, as base64 or as they are. Keep it. */
  readonly signingKey: string | Uint8Array | undefined
  readonly replay: Replay
  /** The name of this gateway at the backend; gateways beside each other need different ones. */
  readonly name?: string | undefined
}

/** Where to listen, and limits of the listener. */
export interface ListenOptions extends Omit<HostOptions, "host"> {
  /** The address to listen on; that of loopback when absent. */
  readonly host?: string | undefined
}

/** A gateway, which has no port until `listen`. */
export interface Gateway {
  /** Listens until `close`; returns the origin that clients use. Rejects with `GalaxyStartFailed`. */
  readonly listen: (options: ListenOptions) => Promise<string>
  /** Ends open streams, lets running requests end for a moment, and frees the port. Closing the Galaxy does it too. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Before the first sign-in nobody has signed anything, so missing reservations are no loss. */
const nobodySignedIn = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(sql`SELECT 1 FROM backend.device_sessions LIMIT 1`, (rows) => rows.length === 0)
)

const inFolder = (folder: string) =>
  Layer.unwrap(Effect.map(nobodySignedIn, (isNew) => FileReplayStore.layer({ folder, isNew })))

type Reservations = Layer.Layer<
  ReplayStore.ReplayStore,
  | RedisReplayStore.RedisUnreachable
  | RedisReplayStore.RedisUnfit
  | FileReplayStore.ReservationsUnusable
  | SqlError.SqlError,
  SqlClient.SqlClient
>

const reservations = (replay: Replay): Reservations => {
  if (replay === "memory") return ReplayStore.layerMemory()
  if (!("redis" in replay)) return inFolder(replay.folder)
  const { redis = "" } = replay
  if (!/^rediss?:\/\//.test(redis))
    throw new GalaxyStartFailed("invalid_options", "replay.redis must be a URL such as redis://127.0.0.1:6379")
  return RedisReplayStore.layer({ url: Redacted.make(redis) })
}

const ports = (options: GatewayOptions, { context, callers }: Internals) =>
  Layer.mergeAll(
    InProcessBackendClient.layer({ fetch: options.backend.fetch, token: callers.gatewayToken }),
    BrokerPushSource.layer({
      broker: Context.get(context, PushBroker),
      clientId: options.name ?? "embedded"
    }),
    reservations(options.replay).pipe(Layer.provide(Layer.succeedContext(context))),
    FastestEdgeCrypto.layer({ signingSeed: secretOf("signingKey", options.signingKey) })
  )

/** Prepares a gateway. Rejects with `GalaxyStartFailed` where Redis or the folder can't be used. */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const behind = internalsOf(options.backend)
  const adapters = ports(options, behind)
  const { build, close } = attach(behind)
  const context = await build(adapters)
  let listening = false
  return {
    listen: async (where) => {
      if (behind.isClosed()) throw new GalaxyClosed()
      if (listening) throw new GalaxyStartFailed("invalid_options", "this gateway listens already")
      listening = true
      const server = layer({ ...where, host: where.host ?? "127.0.0.1" })
      return Context.get(await build(Layer.provide(server, Layer.succeedContext(context))), GatewayServer).url
    },
    close: () => close(),
    [Symbol.asyncDispose]: () => close()
  }
}
