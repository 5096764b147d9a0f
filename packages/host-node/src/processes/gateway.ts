#!/usr/bin/env node
/**
 * The gateway as a separate program: Redis for reservations, a backend elsewhere. It doesn't start without their
 * settings, without its key or without Redis. On several cores it is several processes behind one port.
 */
import { Context, Effect, Layer } from "effect"
import { listens, urlOf } from "../gateway/listenerUrl.ts"
import * as Membership from "./cluster/Membership.ts"
import * as Primary from "./cluster/Primary.ts"
import { oldSpaceOf, processesOn, thisMachine } from "./cluster/shares.ts"
import { clientIdOf, observed } from "./gatewayObserved.ts"
import { type GatewayStart, loaded, started } from "./gatewayStart.ts"
import { answeredArguments, idleTold, launch } from "./launch.ts"
import { gatewayOptions, longestEndMs } from "./options.ts"

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
    log: (lines) => void process.stdout.write(lines),
    print: (text) => void process.stderr.write(text),
    cutShort: () => {
      process.exitCode = 1
    },
    // A process that takes longer has cut itself short, and says so.
    endMs: longestEndMs(gateway) + 500
  }).pipe(
    Layer.tap((context) =>
      listens(urlOf(options, Context.get(context, Primary.Primary).port), options.page !== undefined)
    ),
    Layer.provideMerge(
      observed(values, undefined, { admin: [gateway.adminAddr], others: () => Primary.metricsOf(members) })
    )
  )
}

/** The primary does without all that only a process that serves needs. */
const serverOf = async (values: GatewayStart, own?: Membership.Membership) =>
  (await import("./gatewayProcess.ts")).serverOf(values, own)

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
    return launch(await serverOf(values, own), ready, undefined, longestEndMs(values.gateway))
  }
  if (await answeredArguments("gateway", "galaxy-gateway")) return
  const values = await started()
  if (values === undefined) return
  const warned = Effect.forEach(values.keys.warnings, (it) => Effect.logWarning(it), { discard: true })
  const ready = Effect.andThen(Effect.andThen(warned, idleTold("gateway")), Effect.logInfo("gateway is ready"))
  const count = values.gatewayAlone.processes ?? processesOn(thisMachine())
  if (count === 1) return launch(await serverOf(values), ready, undefined, longestEndMs(values.gateway))
  process.title = "galaxy-gateway"
  const failed = Effect.flatMap(Primary.Primary, (it) => it.failed)
  await launch(primaryOf(values, count), Effect.andThen(ready, failed), undefined, longestEndMs(values.gateway) + 1_000)
}

await main()
