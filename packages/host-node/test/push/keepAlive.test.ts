/** A peer that vanishes after a GOAWAY, while a stream is open, is noticed as any other. */
import { once } from "node:events"
import { connect, createServer, type Http2Session } from "node:http2"
import type { AddressInfo } from "node:net"
import { keepAlive } from "@galaxy/host-node/push/keepAlive"
import { assert, describe, it } from "@effect/vitest"
import { tcpProxy } from "../gateway/TcpProxy.ts"
import { Effect } from "effect"

/** A session of either side with one open stream between them, over a link that can be cut silently. */
const sessions = Effect.gen(function* () {
  const server = createServer()
  server.on("stream", (stream) => {
    stream.on("error", () => undefined)
    stream.respond()
    stream.write("open")
  })
  server.listen(0, "127.0.0.1")
  yield* Effect.promise(() => once(server, "listening"))
  const proxy = yield* tcpProxy((server.address() as AddressInfo).port)
  const accepted = once(server, "session") as Promise<[Http2Session]>
  const near = connect(`http://127.0.0.1:${proxy.port}`)
  near.on("error", () => undefined)
  const stream = near.request()
  stream.on("error", () => undefined)
  yield* Effect.promise(() => once(stream, "data"))
  const [far] = yield* Effect.promise(() => accepted)
  far.on("error", () => undefined)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      near.destroy()
      far.destroy()
      server.close()
    })
  )
  return { near, far, proxy }
})

describe("pings after a GOAWAY", () => {
  for (const side of ["near", "far"] as const) {
    it.live(`notice that the peer is gone, on the ${side === "near" ? "client" : "server"}'s side`, () =>
      Effect.gen(function* () {
        const { near, far, proxy } = yield* sessions
        const session = { near, far }[side]
        keepAlive(session, 20, 200)
        const told = once(near, "goaway")
        far.close()
        yield* Effect.promise(() => told)
        assert.isTrue(near.closed && far.closed)
        assert.isFalse(session.destroyed)
        const closed = once(session, "close")
        proxy.swallow()
        yield* Effect.timeout(
          Effect.promise(() => closed),
          "3 seconds"
        )
        assert.isTrue(session.destroyed)
      })
    )
  }
})
