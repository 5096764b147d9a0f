/** A gateway on a real port before a backend that answers at once, and a client that calls it: the price of the edge. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { Context, Effect, Exit, Layer, References, Scope } from "effect"
import * as Fixture from "../packages/host-node/test/gateway/fixture.ts"

const unlimited = { burst: 1e9, perSecond: 1e9 }

export const gatewayUnderLoad = async () => {
  const scope = Effect.runSync(Scope.make())
  const layer = Fixture.gateway({
    budgets: { ip: unlimited, session: unlimited, user: unlimited, messageType: unlimited }
  }).pipe(Layer.provide(Layer.succeed(References.MinimumLogLevel, "Error")))
  const built = await Effect.runPromise(Layer.buildWithScope(layer, scope))
  const { url } = Context.get(built, GatewayServer)
  const client = await Effect.runPromise(
    GalaxyClient.make({
      baseUrl: url,
      session: {
        deviceSessionId: Fixture.sessionId as DeviceSessionId,
        key: DeviceKey.fromSeed(new Uint8Array(32).fill(1))
      }
    })
  )
  return {
    call: () => Effect.runPromise(client.call("user.sessions.list", {})),
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
