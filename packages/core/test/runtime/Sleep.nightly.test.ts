import { childEngines } from "@galaxy/testkit/engine/childEngines"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { layer } from "@effect/vitest"
import { Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { atWorkOn } from "./fixture.ts"
import { manyWithFew } from "./sleepCase.ts"

// Waking an engine means starting a process, which a busy machine takes its time for.
const patient = { callTimeout: "1 minute", engineReadyTimeout: "1 minute" } as const

layer(atWorkOn(layerPglite, Layer.merge(childEngines(3), FetchHttpClient.layer), patient), {
  timeout: "240 seconds",
  excludeTestServices: true
})("real engines that sleep", (it) => {
  it.effect("twenty games need three processes", () => manyWithFew(20, 3))
})
