/** The backend and the gateway as tests run them: real ones on loopback, with limits that no test meets by chance. */
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import * as BcryptPasswordHasher from "@galaxy/host-node/crypto/BcryptPasswordHasher"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as FastestEdgeCrypto from "@galaxy/host-node/gateway/FastestEdgeCrypto"
import * as BackendServer from "@galaxy/host-node/processes/BackendServer"
import { Layer, Redacted } from "effect"

/** The first administrator of every platform that is made for tests. */
export const admin = { user: "admin", password: "a-password-of-tests" } as const

const secret = Redacted.make(new Uint8Array(32).fill(7))
const gatewayToken = Redacted.make("a-gateway-token-of-tests")
const unlimited = { burst: 1e9, perSecond: 1e9 }

/** Needs the database, the mail transport and the engine host of the test. */
export const backend = (options: Partial<BackendServer.BackendServerOptions> = {}) =>
  BackendServer.layer({
    host: "127.0.0.1",
    port: 0,
    pushHost: "127.0.0.1",
    pushPort: 0,
    callers: { gatewayToken },
    secret,
    admin: { user: admin.user, password: Redacted.make(admin.password) },
    mailFrom: "Galaxy <galaxy@example.org>",
    keepEventsMs: 86_400_000,
    // Tests move the clock by days: that is no outage.
    runtime: { moveAfterOutage: false },
    ...options
  }).pipe(Layer.provide(Layer.merge(GeoIp.layerNone, BcryptPasswordHasher.layer({ cost: 4 }))))

/** Needs a replay store. The URLs are those of a `backend`, where each gateway has a name of its own. */
export const gateway = (
  at: { readonly url: string; readonly pushUrl: string },
  options: Partial<GatewayServer.GatewayOptions> = {},
  name = "testkit"
) =>
  GatewayServer.layer({
    host: "127.0.0.1",
    port: 0,
    // A test plays many players from one address.
    budgets: {
      ip: unlimited,
      session: unlimited,
      user: unlimited,
      messageType: unlimited,
      failuresIp: unlimited,
      failuresUser: unlimited,
      repeats: unlimited,
      publicIp: unlimited,
      publicIdentity: unlimited
    },
    ...options
  }).pipe(
    Layer.provide(
      Layer.mergeAll(
        HttpBackendClient.layer({ url: at.url, token: gatewayToken }),
        GrpcPushSource.layer({ urls: [at.pushUrl], clientId: name, token: gatewayToken }),
        FastestEdgeCrypto.layer({ signingSeed: secret })
      )
    )
  )
