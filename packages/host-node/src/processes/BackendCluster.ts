/** A backend's place in the cluster of its database: a listener for the other backends alone, and the owners of its games. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import type { SecretDiffers } from "@galaxy/core/runtime/cluster/SecretCheck"
import type { StorageError } from "@galaxy/core/shared/StorageError"
import { Layer, type Redacted } from "effect"
import type { Sharding } from "effect/cluster"
import { FetchHttpClient, type HttpServerError } from "effect/http"
import type { SqlClient } from "effect/sql"
import type { Address } from "../config/Setting.ts"
import { hostsOf } from "../http/hosts.ts"
import { createListener } from "../http/Listener.ts"
import type { Departure } from "./Departure.ts"

/** Where a backend listens for the others, and where they reach it. */
export interface BackendClusterOptions {
  readonly address: Address
  /** The same as `address` when absent. */
  readonly listen?: Address | undefined
  /** The secret of the database's backends: 32 bytes. */
  readonly secret: Redacted.Redacted<Uint8Array>
  /** When it begins, the others get this backend's games. */
  readonly departure?: Departure | undefined
}

/** A few bytes from a process nearby; no answer is waited for by the server. */
const times = { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 30_000 }

/** Whoever is still waited for at the end asks the next owner. */
const gracefulShutdownTimeout = 500

/** The owners of games, as `Core.layer` takes them. Fails with `ServeError` where the port can't be listened on, and as `RuntimeCluster.layerSql` does. */
export const layer = ({
  address,
  departure,
  listen = address,
  secret
}: BackendClusterOptions): Layer.Layer<
  Sharding.Sharding,
  HttpServerError.ServeError | SecretDiffers | StorageError,
  SqlClient.SqlClient
> =>
  RuntimeCluster.layerSql({ address, secret, leaving: departure?.awaited }).pipe(
    Layer.provide(
      NodeHttpServer.layer(() => createListener(times, { hosts: hostsOf(listen.host, [address.host]) }), {
        host: listen.host,
        port: listen.port,
        gracefulShutdownTimeout
      })
    ),
    Layer.provide(FetchHttpClient.layer)
  )
