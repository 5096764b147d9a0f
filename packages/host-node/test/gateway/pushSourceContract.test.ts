/** The contract of the `PushSource` port, for every adapter. */
import * as PushBroker from "@galaxy/core/push/PushBroker"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as BrokerPushSource from "@galaxy/host-node/gateway/BrokerPushSource"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import { pushSource } from "@galaxy/testkit/contract/pushSource"
import { contract } from "@galaxy/testkit/contract/vitest"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { afterAll } from "vitest"

// One for all cases: each has users of its own.
const database = ManagedRuntime.make(layerPglite)
afterAll(() => database.dispose())

// Nothing but a commit wakes a stream.
const broker = PushBroker.layer({ pollMillis: 600_000, batch: 16 }).pipe(
  Layer.provideMerge(PushLog.layer()),
  Layer.provideMerge(Layer.effectContext(database.contextEffect))
)
const clientId = "a-gateway"

contract(
  "PushSource contract: the broker itself",
  pushSource(
    Layer.unwrap(Effect.map(PushBroker.PushBroker, (it) => BrokerPushSource.layer({ broker: it, clientId }))).pipe(
      Layer.provideMerge(broker)
    )
  )
)

const gatewayToken = Redacted.make("a-shared-secret")

contract(
  "PushSource contract: gRPC",
  pushSource(
    Layer.unwrap(
      Effect.map(PushServer.PushServer, ({ port }) =>
        GrpcPushSource.layer({ urls: [`http://127.0.0.1:${port}`], clientId, token: gatewayToken })
      )
    ).pipe(
      Layer.provideMerge(PushServer.layer({ host: "127.0.0.1", port: 0, callers: { gatewayToken } })),
      Layer.provideMerge(broker)
    )
  )
)
