/** What every host of engines does, on a real Docker daemon. */
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { engineHost } from "@galaxy/testkit/contract/engineHost"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import { dockerForTests } from "../docker.ts"
import { platformImages } from "../images/platformImages.ts"
import { backendOn, place } from "./realHost.ts"

const env = dockerForTests("the contract of engine hosts on Docker")
const engine = env === undefined ? "" : (await platformImages(env)).engine

describe.skipIf(env === undefined)("on a real daemon", () => {
  contract(
    "EngineHost contract: Docker",
    engineHost(Layer.effect(EngineHost, Effect.flatMap(place(), backendOn)), engine)
  )
})
