/** The name of Redis is looked up once at a time, however often the connection is tried, and over TLS too. */
import { createServer } from "node:tls"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import * as RedisConnection from "@galaxy/host-node/gateway/redis/RedisConnection"
import { sharedLookup } from "@galaxy/host-node/net/lookup"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { certificate, hasOpenssl } from "./certificate.ts"
import { hasServer, ownRedis } from "./redis.ts"

const open = (url: string, lookup: Parameters<typeof RedisConnection.open>[1]) =>
  RedisConnection.open({ url: Redacted.make(url) }, lookup)

describe("the name of Redis", () => {
  it.live("that the resolver doesn't answer for is asked for once", () =>
    Effect.gen(function* () {
      let asked = 0
      const lookup = sharedLookup(() => {
        asked++
      })(20)
      for (let attempt = 0; attempt < 3; attempt++) {
        const fault = yield* Effect.flip(Effect.scoped(open("redis://redis.example.org:6379", lookup)))
        assert.strictEqual(fault.kind, "unreachable")
      }
      assert.strictEqual(asked, 1)
    })
  )

  it.live.skipIf(!hasServer)("leads to its address", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const lookup = sharedLookup((_, answer) => answer(null, [{ address: "127.0.0.1", family: 4 }]))(1_000)
        const connection = yield* open(`redis://redis.example.org:${redis.port}/0`, lookup)
        assert.strictEqual(yield* connection.ask((it) => it.ping()), "PONG")
      })
    )
  )

  it.live.skipIf(!hasOpenssl)("is sent to a server with TLS", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { key, cert } = certificate()
        const names: Array<string> = []
        const server = createServer({
          key,
          cert,
          SNICallback: (name, done) => {
            names.push(name)
            done(null)
          }
        })
        server.on("tlsClientError", () => undefined)
        server.listen(0, "127.0.0.1")
        yield* Effect.promise(() => once(server, "listening"))
        yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
        const lookup = sharedLookup((_, answer) => answer(null, [{ address: "127.0.0.1", family: 4 }]))(1_000)
        const { port } = server.address() as AddressInfo
        // Its certificate is nobody's, so the connection fails, after it has said for whom it came.
        const fault = yield* Effect.flip(open(`rediss://redis.example.org:${port}`, lookup))
        assert.strictEqual(fault.kind, "unreachable")
        assert.deepStrictEqual(names, ["redis.example.org"])
      })
    )
  )
})
