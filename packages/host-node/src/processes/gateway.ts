/**
 * The gateway as a separate process: Redis for reservations, a backend elsewhere. It doesn't start without their
 * settings or without Redis.
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Effect, Layer, Redacted } from "effect"
import * as settings from "../config/settings.ts"
import * as GatewayServer from "../gateway/GatewayServer.ts"
import * as GrpcPushSource from "../gateway/GrpcPushSource.ts"
import * as HttpBackendClient from "../gateway/HttpBackendClient.ts"
import * as FastestEdgeCrypto from "../gateway/FastestEdgeCrypto.ts"
import * as RedisReplayStore from "../gateway/RedisReplayStore.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import { answeredArguments, configured, launch } from "./launch.ts"
import { gatewayOptions, refused } from "./options.ts"
import * as telemetry from "./telemetry.ts"

const main = async (): Promise<void> => {
  if (await answeredArguments("gateway", "galaxy-gateway")) return
  const values = configured(settings.groups.gateway)
  if (values === undefined || refused(values)) return
  const { gateway, gatewayAlone } = values
  const token = gatewayAlone.backendToken === undefined ? undefined : Redacted.make(gatewayAlone.backendToken)
  const server = GatewayServer.layer(gatewayOptions(gateway)).pipe(
    Layer.provide(
      Layer.mergeAll(
        HttpBackendClient.layer({ url: gatewayAlone.backendHttpUrl, token }),
        GrpcPushSource.layer({
          url: gatewayAlone.backendGrpcPushUrl,
          clientId: gatewayAlone.clientId ?? `${hostname()}-${randomUUID().slice(0, 8)}`,
          token
        }),
        RedisReplayStore.layer({ url: Redacted.make(gatewayAlone.redisUrl) }),
        FastestEdgeCrypto.layer({ signingSeed: Redacted.make(gatewayAlone.signingKey) })
      )
    ),
    Layer.provideMerge(JsonLog.layer({ level: gateway.logLevel, target: { stream: process.stdout } })),
    Layer.provide(telemetry.layer(values.telemetry, "galaxy-gateway"))
  )
  await launch(server, Effect.logInfo("gateway is ready"))
}

await main()
