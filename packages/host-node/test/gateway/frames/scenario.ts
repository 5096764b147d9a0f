/** Whatever clients send, and however they leave, it ends nothing but their own connections. */
import { BackendClient } from "@galaxy/edge/BackendClient"
import type { GatewayOptions } from "@galaxy/host-node/gateway/GatewayServer"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { assert } from "@effect/vitest"
import { Effect, Layer, Queue } from "effect"
import * as Fixture from "../fixture.ts"
import { visit } from "./clients.ts"

/** A backend whose answers take a few turns, so that clients leave meanwhile. */
const slow = Layer.effect(
  BackendClient,
  Effect.map(BackendClient, (it) =>
    BackendClient.of({
      ...it,
      forward: async (...asked) => {
        for (let turns = asked[0].requestId.length % 7; turns > 0; turns--) await new Promise((go) => setImmediate(go))
        return it.forward(...asked)
      }
    })
  )
)

/** Nobody is turned away before what it sends is read. */
const open: Partial<GatewayOptions> = {
  ...Fixture.generous,
  bounds: { resetsPerAddress: 1e9, unverifiedPerAddress: 1e6 },
  hub: { maxStreamsPerSession: 1e5 }
}

/** The gateways that are visited: by clients, by proxies of theirs, and with the bounds as they are. */
export const gateways: Readonly<Record<string, Partial<GatewayOptions>>> = {
  "without bounds": open,
  "behind a proxy": { ...open, sources: { trustedProxies: ["127.0.0.1"] } },
  "with its bounds": {}
}

/** How many visit at the same time. */
const atOnce = 12

/** So many clients of a seed, while events happen; fails with what nobody has caught. */
export const visited = (options: Partial<GatewayOptions>, seed: number, clients: number) =>
  Effect.gen(function* () {
    const { port, url } = yield* GatewayServer
    const script = yield* Fixture.Script
    const uncaught: Array<string> = []
    const see = (error: Error) => void uncaught.push(error.stack ?? error.message)
    yield* Effect.acquireRelease(
      Effect.sync(() => process.on("uncaughtExceptionMonitor", see)),
      () => Effect.sync(() => process.off("uncaughtExceptionMonitor", see))
    )
    const random = new SeededRandom(seed)
    for (let count = 0; count < clients; count += atOnce) {
      const sequence = count / atOnce + 1
      script.events = { events: [], oldest: 0, newest: sequence }
      yield* Queue.offer(script.push, { type: "event", cursor: `0.${sequence}`, event: Fixture.event(sequence) })
      const own = Array.from({ length: atOnce }, () => new SeededRandom(random.below(2 ** 31)))
      yield* Effect.promise(() => Promise.all(own.map((it) => visit(it, port))))
      assert.deepStrictEqual(uncaught, [], `seed ${seed}, client ${count}`)
    }
    const { status } = yield* Effect.promise(() => fetch(`${url}/healthz`))
    assert.strictEqual(status, 200)
  }).pipe(Effect.scoped, Effect.provide(Fixture.gatewayWith(slow, options)))
