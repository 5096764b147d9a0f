/** Connections between gateway and backend that fall silent: new ones take their place in time. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import { PushBroker } from "@galaxy/core/push/PushBroker"
import { BackendClient } from "@galaxy/edge/BackendClient"
import { PushSource } from "@galaxy/edge/hub/PushSource"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Queue, Stream } from "effect"

/** A log without rows: subscriptions begin, and nothing comes. */
const quiet = Layer.succeed(
  PushBroker,
  PushBroker.of({
    size: Effect.succeed(0),
    subscribe: () => Stream.concat(Stream.succeed({ type: "resume", outcome: "FRESH", cursor: "0.0" }), Stream.never)
  })
)

const http = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
    const server = createServer((_, response) => response.end(JSON.stringify({ status: "ready" })))
    server.listen(0, "127.0.0.1", () => {
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

describe("silence between gateway and backend", () => {
  it.live("ends a push stream within its pings, and the next one is served", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const served = yield* Layer.build(
          PushServer.layer({ host: "127.0.0.1", port: 0, callers: { trustedNetwork: true } }).pipe(Layer.provide(quiet))
        )
        const link = yield* FaultyLink.make("127.0.0.1", Context.get(served, PushServer.PushServer).port)
        const url = `http://${link.host}:${link.port}`
        const made = yield* Layer.build(
          GrpcPushSource.layer({ urls: [url], clientId: "one", pingIntervalMs: 300, pingTimeoutMs: 1_000 })
        )
        const source = Context.get(made, PushSource)
        const frames = yield* Queue.unbounded<string>()
        const follow = source.frames("").pipe(
          Stream.runForEach((frame) => Queue.offer(frames, frame.type)),
          Effect.exit,
          Effect.forkScoped
        )
        const first = yield* follow
        assert.strictEqual(yield* Queue.take(frames), "resume")
        yield* link.swallow
        assert.isTrue(Exit.isFailure(yield* Fiber.join(first)))
        yield* follow
        assert.strictEqual(yield* Queue.take(frames), "resume")
      })
    )
  )

  it.live("ends a call at its deadline, and its connection isn't used again", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* http
        const link = yield* FaultyLink.make("127.0.0.1", port)
        const made = yield* Layer.build(
          HttpBackendClient.layer({ url: `http://${link.host}:${link.port}`, timeoutMs: 1_500 })
        )
        const client = Context.get(made, BackendClient)
        yield* link.swallowNew(true)
        yield* Effect.flip(client.ready)
        yield* link.swallowNew(false)
        yield* client.ready
      })
    )
  )
})
