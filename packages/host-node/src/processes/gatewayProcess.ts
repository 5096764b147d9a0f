/** A process of a gateway that serves: alone, or one of several. */
import { Layer, Redacted } from "effect"
import * as GatewayServer from "../gateway/GatewayServer.ts"
import * as GrpcPushSource from "../gateway/GrpcPushSource.ts"
import * as HttpBackends from "../gateway/HttpBackends.ts"
import * as FastestEdgeCrypto from "../gateway/FastestEdgeCrypto.ts"
import * as RedisReplayStore from "../gateway/RedisReplayStore.ts"
import * as Membership from "./cluster/Membership.ts"
import { sharedBudgets } from "./cluster/sharedBudgets.ts"
import { shareOf } from "./cluster/shares.ts"
import { clientIdOf, observed } from "./gatewayObserved.ts"
import type { GatewayStart } from "./gatewayStart.ts"
import { gatewayOptions } from "./options.ts"
import { redisTarget } from "./redisTarget.ts"

/** At the end: others take over, and clients that call often have heard of it by then. */
const longestIdleDrainMs = 1_000

/** A whole gateway, alone or as one of several processes. */
export const serverOf = (values: GatewayStart, own?: Membership.Membership) => {
  const { gateway, gatewayAlone, keys } = values
  const token = gatewayAlone.backendToken === undefined ? undefined : Redacted.make(gatewayAlone.backendToken)
  const usual = gatewayOptions(gateway, keys.endorsed)
  const idleDrainMs = Math.min(longestIdleDrainMs, gateway.drainTimeout / 2)
  const options = { ...usual, times: { ...usual.times, idleDrainMs } }
  // The primary has the listener, and asks its processes.
  const metrics =
    own === undefined
      ? { admin: [gateway.adminAddr] }
      : gateway.adminAddr === undefined
        ? {}
        : { answers: Membership.answerMetrics }
  return GatewayServer.layerBackends(
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
        HttpBackends.layer({ urls: gatewayAlone.backendHttpUrls, token }),
        GrpcPushSource.layer({
          urls: gatewayAlone.backendGrpcPushUrls,
          clientId: own?.clientId ?? clientIdOf(values),
          token
        }),
        RedisReplayStore.layer({ ...redisTarget(gatewayAlone), budgets: gatewayAlone.sharedBudgets }),
        FastestEdgeCrypto.layer({ signingSeed: Redacted.make(keys.seed) })
      )
    ),
    Layer.provideMerge(observed(values, own?.index, metrics))
  )
}
