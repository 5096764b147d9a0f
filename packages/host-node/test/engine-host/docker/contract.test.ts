/** What every host of engines does, on a double of Docker. */
import { engineHost } from "@galaxy/testkit/contract/engineHost"
import { contract } from "@galaxy/testkit/contract/vitest"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { Effect, Layer } from "effect"
import { backend, daemon, hostOn, imageRef } from "./doubleHost.ts"

const host = Layer.effect(
  EngineHost,
  Effect.flatMap(daemon, ({ socketPath }) => backend([hostOn(socketPath)]))
)

contract("EngineHost contract: Docker's double", engineHost(host, imageRef))
