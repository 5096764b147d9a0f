/**
 * The gateway as a separate process: Redis for reservations, a backend elsewhere. It doesn't start without their
 * settings, without its key or without Redis.
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Effect, Layer, Redacted } from "effect"
import * as GatewayServer from "../gateway/GatewayServer.ts"
import * as GrpcPushSource from "../gateway/GrpcPushSource.ts"
import * as HttpBackendClient from "../gateway/HttpBackendClient.ts"
import * as FastestEdgeCrypto from "../gateway/FastestEdgeCrypto.ts"
import * as RedisReplayStore from "../gateway/RedisReplayStore.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import { started } from "./gatewayStart.ts"
import { answeredArguments, launch } from "./launch.ts"
import { gatewayOptions, longestEndMs } from "./options.ts"
import * as telemetry from "./telemetry.ts"

const main = async (): Promise<void> => {
  if (await answeredArguments("gateway", "galaxy-gateway")) return
  const values = await started()
  if (values === undefined) return
  const { gateway, gatewayAlone, keys } = values
  const token = gatewayAlone.backendToken === undefined ? undefined : Redacted.make(gatewayAlone.backendToken)
  const server = GatewayServer.layer(gatewayOptions(gateway, keys.endorsed)).pipe(
    Layer.provide(
      Layer.mergeAll(
        HttpBackendClient.layer({ url: gatewayAlone.backendHttpUrl, token }),
        GrpcPushSource.layer({
          url: gatewayAlone.backendGrpcPushUrl,
          clientId: gatewayAlone.clientId ?? `${hostname()}-${randomUUID().slice(0, 8)}`,
          token
        }),
        RedisReplayStore.layer({ url: Redacted.make(gatewayAlone.redisUrl) }),
        FastestEdgeCrypto.layer({ signingSeed: Redacted.make(keys.seed) })
      )
    ),
    Layer.provide(
      telemetry.layer({
        settings: values.telemetry,
        process: "galaxy-gateway",
        stdoutTraces: gateway.stdoutTraces,
        stdoutMetrics: gateway.stdoutMetrics,
        admin: [gateway.adminAddr]
      })
    ),
    Layer.provideMerge(JsonLog.layer({ level: gateway.logLevel, target: { stream: process.stdout } }))
  )
  const warned = Effect.forEach(keys.warnings, (it) => Effect.logWarning(it), { discard: true })
  const ready = Effect.andThen(warned, Effect.logInfo("gateway is ready"))
  await launch(server, ready, undefined, longestEndMs(gateway))
}

await main()
