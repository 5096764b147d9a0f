import { childEngines } from "@galaxy/testkit/engine/childEngines"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { layer } from "@effect/vitest"
import { Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { atWorkOn } from "./fixture.ts"
import { manyWithFew } from "./sleepCase.ts"

// Waking an engine means starting a process, which a busy machine takes its time for; and the clock is moved meanwhile.
const patient = { callTimeout: "10 days", engineReadyTimeout: "10 days" } as const

layer(atWorkOn(layerPglite, Layer.merge(childEngines(3), FetchHttpClient.layer), patient), {
  timeout: "900 seconds",
  excludeTestServices: true
})("real engines that sleep", (it) => {
  it.effect("twenty games need three processes", () => manyWithFew(20, 3))
})
