/** gRPC's health checks: whether this gateway should get requests, for load balancers and orchestrators. */
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect"
import {
  type Health,
  HealthCheckResponse_ServingStatus as Status
} from "@galaxy/contract/gen/proto/grpc/health/v1/health_pb"
import { ShuttingDown } from "@galaxy/edge/Refusal"
import { toConnectError } from "../refusalErrors.ts"
import type { HealthWatchers } from "./HealthWatchers.ts"

/** What health checks need. */
export interface HealthOptions {
  readonly isReady: () => Promise<boolean>
  readonly watchers: HealthWatchers
  /** Names of the services that there are; the empty one is the gateway as a whole. */
  readonly services: ReadonlySet<string>
  /** The network that a watcher counts for; undefined where it is exempt. */
  readonly holderOf: (context: HandlerContext) => string | undefined
}

const statusOf = (isReady: boolean) => ({ status: isReady ? Status.SERVING : Status.NOT_SERVING })

const tooMany = () => new ConnectError("too many watch the health already", Code.ResourceExhausted)

/** Until the call is over, or the watchers are closed. */
const silent = async (states: AsyncIterable<boolean>) => {
  for await (const _ of states);
}

/** The implementation of `grpc.health.v1.Health`. */
export const make = ({ holderOf, isReady, services, watchers }: HealthOptions): ServiceImpl<typeof Health> => ({
  check: async ({ service }) => {
    if (!services.has(service)) throw new ConnectError("there is no such service", Code.NotFound)
    return statusOf(await isReady())
  },
  watch: async function* ({ service }, context) {
    const place = watchers.enter(holderOf(context))
    if (place === undefined) throw tooMany()
    try {
      const states = watchers.states(AbortSignal.any([context.signal, place.displaced]))
      if (services.has(service)) for await (const state of states) yield statusOf(state)
      else {
        yield { status: Status.SERVICE_UNKNOWN }
        await silent(states)
      }
      // Otherwise the client has gone, or its deadline has passed.
      if (!context.signal.aborted)
        throw place.displaced.aborted ? tooMany() : toConnectError(new ShuttingDown(), "stream")
    } finally {
      place.left()
    }
  }
})
