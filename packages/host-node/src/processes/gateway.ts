/**
 * The gateway as a separate program: Redis for reservations, a backend elsewhere. It doesn't start without their
 * settings, without its key or without Redis. On several cores it is several processes behind one port.
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Context, Effect, Layer, Redacted, References } from "effect"
import * as GatewayServer from "../gateway/GatewayServer.ts"
import * as GrpcPushSource from "../gateway/GrpcPushSource.ts"
import * as HttpBackendClient from "../gateway/HttpBackendClient.ts"
import * as FastestEdgeCrypto from "../gateway/FastestEdgeCrypto.ts"
import * as RedisReplayStore from "../gateway/RedisReplayStore.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import * as Membership from "./cluster/Membership.ts"
import * as Primary from "./cluster/Primary.ts"
import { sharedBudgets } from "./cluster/sharedBudgets.ts"
import { oldSpaceOf, processesOn, shareOf, thisMachine } from "./cluster/shares.ts"
import { type GatewayStart, loaded, started } from "./gatewayStart.ts"
import { answeredArguments, launch } from "./launch.ts"
import { gatewayOptions, longestEndMs } from "./options.ts"
import * as telemetry from "./telemetry.ts"

/** The name at the backend's push stream. Several processes add their number to it. */
const clientIdOf = ({ gatewayAlone }: GatewayStart): string =>
  gatewayAlone.clientId ?? `${hostname()}-${randomUUID().slice(0, 8)}`

/** The log, and what goes there or to collectors. A process among several puts its number on its lines; the primary has none. */
const observed = (
  { gateway, telemetry: settings }: GatewayStart,
  process_: number | undefined,
  more: Pick<telemetry.TelemetryOptions, "admin" | "others" | "answers">
) =>
  telemetry
    .layer({
      settings,
      process: "galaxy-gateway",
      stdoutTraces: gateway.stdoutTraces,
      stdoutMetrics: gateway.stdoutMetrics,
      ...more
    })
    .pipe(
      Layer.provideMerge(JsonLog.layer({ level: gateway.logLevel, target: { stream: process.stdout } })),
      Layer.provideMerge(
        process_ === undefined ? Layer.empty : Layer.succeed(References.CurrentLogAnnotations, { process: process_ })
      )
    )

/** A whole gateway, alone or as one of several processes. */
const serverOf = (values: GatewayStart, own?: Membership.Membership) => {
  const { gateway, gatewayAlone, keys } = values
  const token = gatewayAlone.backendToken === undefined ? undefined : Redacted.make(gatewayAlone.backendToken)
  const options = gatewayOptions(gateway, keys.endorsed)
  // The primary has the listener, and asks its processes.
  const metrics =
    own === undefined
      ? { admin: [gateway.adminAddr] }
      : gateway.adminAddr === undefined
        ? {}
        : { answers: Membership.answerMetrics }
  return GatewayServer.layer(
    own === undefined
      ? options
      : {
          ...shareOf(options, own.count),
          incoming: Membership.incoming,
          sharedBudgets: sharedBudgets(own.count)
        }
  ).pipe(
    Layer.provide(
      Layer.mergeAll(
        HttpBackendClient.layer({ url: gatewayAlone.backendHttpUrl, token }),
        GrpcPushSource.layer({
          url: gatewayAlone.backendGrpcPushUrl,
          clientId: own?.clientId ?? clientIdOf(values),
          token
        }),
        RedisReplayStore.layer({ url: Redacted.make(gatewayAlone.redisUrl) }),
        FastestEdgeCrypto.layer({ signingSeed: Redacted.make(keys.seed) })
      )
    ),
    Layer.provideMerge(observed(values, own?.index, metrics))
  )
}

/** Several processes that share the port; this one only hands connections over. */
const primaryOf = (values: GatewayStart, count: number) => {
  const { gateway, keys } = values
  const options = gatewayOptions(gateway, keys.endorsed)
  const members: Primary.Members = Array.from({ length: count })
  return Primary.layer({
    ...options,
    firstBytesMs: gateway.firstBytesTimeout,
    count,
    members,
    clientId: clientIdOf(values),
    program: process.argv[1] ?? "",
    execArgv: [...process.execArgv, `--max-old-space-size=${oldSpaceOf(count, thisMachine().heapBytes)}`],
    print: (text) => void process.stderr.write(text),
    cutShort: () => {
      process.exitCode = 1
    },
    // A process that takes longer has cut itself short, and says so.
    endMs: longestEndMs(gateway) + 500
  }).pipe(
    Layer.tap((context) =>
      GatewayServer.listens(
        GatewayServer.urlOf(options, Context.get(context, Primary.Primary).port),
        options.page !== undefined
      )
    ),
    Layer.provideMerge(
      observed(values, undefined, { admin: [gateway.adminAddr], others: () => Primary.metricsOf(members) })
    )
  )
}

const main = async (): Promise<void> => {
  const own = Membership.membership()
  if (own !== undefined) {
    // The primary has checked everything; what is wrong since then is told as at any start.
    const values = loaded(process.env) ?? (await started())
    if (values === undefined) return
    process.title = `galaxy-gateway ${own.index}`
    Membership.endWithPrimary()
    const serves = Effect.logInfo("a process of the gateway serves").pipe(Effect.annotateLogs({ pid: process.pid }))
    const ready = Effect.andThen(serves, Effect.sync(Membership.serving))
    return launch(serverOf(values, own), ready, undefined, longestEndMs(values.gateway))
  }
  if (await answeredArguments("gateway", "galaxy-gateway")) return
  const values = await started()
  if (values === undefined) return
  const warned = Effect.forEach(values.keys.warnings, (it) => Effect.logWarning(it), { discard: true })
  const ready = Effect.andThen(warned, Effect.logInfo("gateway is ready"))
  const count = values.gatewayAlone.processes ?? processesOn(thisMachine())
  if (count === 1) return launch(serverOf(values), ready, undefined, longestEndMs(values.gateway))
  process.title = "galaxy-gateway"
  const failed = Effect.flatMap(Primary.Primary, (it) => it.failed)
  await launch(primaryOf(values, count), Effect.andThen(ready, failed), undefined, longestEndMs(values.gateway) + 1_000)
}

await main()
