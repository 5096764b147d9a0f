/** How long a host has been silent counts from its last answer, not from when somebody noticed. */
import { EngineHost, type EngineHostStatus, layerNone } from "@galaxy/core/engine/EngineHost"
import * as EngineHosts from "@galaxy/core/runtime/EngineHosts"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

let beta: Omit<EngineHostStatus, "hostId"> = { answers: true }

const hosts = Layer.effect(
  EngineHost,
  Effect.map(Effect.service(EngineHost), (none) => ({
    ...none,
    hosts: Effect.sync(() => [
      { hostId: "alpha", answers: true },
      { hostId: "beta", ...beta }
    ])
  }))
).pipe(Layer.provide(layerNone))

const world = EngineHosts.layer.pipe(Layer.provideMerge(Layer.merge(hosts, layerPglite)))

layer(world, { timeout: "240 seconds" })("a silent host", (it) => {
  it.effect("is given up ten seconds after its last answer, however late the silence was noticed", () =>
    Effect.gen(function* () {
      const { look } = yield* EngineHosts.EngineHosts
      const givenUp = Effect.map(look, (all) => all.find((it) => it.hostId === "beta")?.givenUp)
      assert.isFalse(yield* givenUp)
      beta = { answers: false }
      assert.isFalse(yield* givenUp)
      beta = { answers: false, silentFor: 9_999 }
      assert.isFalse(yield* givenUp)
      beta = { answers: false, silentFor: 10_000 }
      assert.isTrue(yield* givenUp)
      beta = { answers: true }
      assert.isFalse(yield* givenUp)
    })
  )
})
