/** A gateway whose Redis goes away, or is there and does nothing: refused, never run, and well again by itself. */
import { toEffect } from "@galaxy/edge/Awaitable"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import type { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import * as Fixture from "./fixture.ts"
import { deadUrl, hasServer, type OwnRedis, ownRedis, redisWith } from "./redis.ts"
import { eventually, gatewayOn, onRedis, reason, readyz, send, serving, unready } from "./redisGateway.ts"
import { tcpProxy } from "./TcpProxy.ts"

describe("reservations in memory", () => {
  it.effect("are bounded: when full the store refuses, and takes again as the oldest expire", () =>
    Effect.gen(function* () {
      const store = yield* ReplayStore.ReplayStore
      const reserve = (requestId: string) =>
        toEffect(() =>
          store.reserve({ deviceSessionId: Fixture.sessionId, requestId, timestampMs: 0, futureMs: 0, ttlMs: 1_000 })
        )
      assert.strictEqual(yield* reserve("a"), "first")
      assert.strictEqual(yield* reserve("b"), "first")
      assert.strictEqual((yield* Effect.flip(reserve("c")))._tag, "replay_store_unavailable")
      assert.strictEqual(yield* reserve("a"), "repeated")
      yield* TestClock.adjust(1_000)
      assert.strictEqual(yield* reserve("c"), "first")
    }).pipe(Effect.provide(ReplayStore.layerMemory({ capacity: 2 }), { local: true }))
  )
})

const withRedis = <A, E>(
  test: (redis: OwnRedis) => Effect.Effect<A, E, GatewayServer | Fixture.Script>
): Effect.Effect<A, E> =>
  Effect.scoped(Effect.flatMap(ownRedis, (redis) => Effect.provide(test(redis), gatewayOn(redis.url), { local: true })))

/** Refused by itself, within the time in which a player still waits, and without running. */
const isRefused = Effect.gen(function* () {
  const { calls } = yield* Fixture.Script
  const before = calls.length
  for (const protocol of ["gRPC over HTTP/2", "Connect over HTTP/1.1", "gRPC-Web over HTTP/1.1"] as const) {
    assert.strictEqual(yield* Effect.timeout(reason(undefined, protocol), "3 seconds"), "replay_store_unavailable")
  }
  assert.strictEqual(calls.length, before)
})

describe.skipIf(!hasServer)("a gateway and its Redis", { timeout: 240_000 }, () => {
  it.live("killed: refused at once, never run; started again: works again", () =>
    withRedis((redis) =>
      Effect.gen(function* () {
        yield* serving
        yield* Effect.promise(() => redis.kill())
        yield* isRefused
        yield* unready(/can't be reached|closed/)
        yield* Effect.promise(() => redis.start())
        yield* serving
        assert.strictEqual((yield* readyz).status, 200)
      })
    )
  )

  it.live("frozen: refused after a moment, never run; thawed: works again, and nothing is taken for lost", () =>
    withRedis((redis) =>
      Effect.gen(function* () {
        yield* serving
        const ran = Fixture.request()
        assert.strictEqual(yield* reason(ran), "ok")
        redis.freeze()
        yield* isRefused
        yield* unready(/doesn't answer/)
        redis.thaw()
        // Never a border: the first that is answered is answered at once.
        const waited: Array<number | undefined> = []
        yield* eventually(
          "a command is answered",
          Effect.tap(send(), (it) => Effect.sync(() => waited.push(it.retryAfterMs))),
          (it) => it.reason === "ok"
        )
        assert.isTrue(waited.every((it) => it === undefined))
        assert.strictEqual(yield* reason(ran), "replayed_request")
      })
    )
  )

  it.live("swallowed on the open connections: a new one is made, and nothing is taken for lost", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const proxy = yield* tcpProxy(redis.port)
        yield* Effect.gen(function* () {
          yield* serving
          const ran = Fixture.request()
          assert.strictEqual(yield* reason(ran), "ok")
          assert.isAtLeast(proxy.swallow(), 1)
          const took = yield* serving
          assert.isBelow(took, 10_000)
          assert.strictEqual(yield* reason(ran), "replayed_request")
        }).pipe(Effect.provide(gatewayOn(`redis://127.0.0.1:${proxy.port}`), { local: true }))
      })
    )
  )

  it.live("swallowed while nobody asks: it is noticed all the same", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const proxy = yield* tcpProxy(redis.port)
        yield* Effect.gen(function* () {
          yield* serving
          const lines = (yield* Effect.promise(() => redis.run("CLIENT", "LIST"))) as string
          const idOf = (text: string) => /^id=(\d+)/.exec(text)?.[1]
          const before = idOf(lines)
          proxy.swallow()
          yield* eventually(
            "another connection",
            Effect.promise(() => redis.run("CLIENT", "LIST")),
            (it) => (it as string).split("\n").some((line) => /cmd=(eval|info)/.test(line) && idOf(line) !== before)
          )
          // No request pays for it.
          assert.strictEqual(yield* reason(), "ok")
        }).pipe(Effect.provide(gatewayOn(`redis://127.0.0.1:${proxy.port}`), { local: true }))
      })
    )
  )

  for (const [what, spoil, mend, why] of [
    ["read-only", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"], /takes no writes/],
    ["out of memory", ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"], /out of memory/],
    [
      "without the replicas that it wants",
      ["CONFIG", "SET", "min-replicas-to-write", "1"],
      ["CONFIG", "SET", "min-replicas-to-write", "0"],
      /replicas/
    ],
    [
      "evicting",
      ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"],
      ["CONFIG", "SET", "maxmemory-policy", "noeviction"],
      /maxmemory-policy is allkeys-lru and must be noeviction/
    ]
  ] as const) {
    it.live(`${what}: not ready, named; refused, never run; mended: works again`, () =>
      withRedis((redis) =>
        Effect.gen(function* () {
          yield* serving
          assert.strictEqual((yield* readyz).status, 200)
          const [spoilCommand, ...spoilArgs] = spoil
          yield* Effect.promise(() => redis.run(spoilCommand, ...spoilArgs))
          yield* unready(why)
          yield* isRefused
          const [mendCommand, ...mendArgs] = mend
          yield* Effect.promise(() => redis.run(mendCommand, ...mendArgs))
          yield* serving
          assert.strictEqual((yield* readyz).status, 200)
        })
      )
    )
  }

  it.live("says once that it is lost and once that it is back, however many ask", () => {
    const lines: Array<string> = []
    const listening = Logger.layer([Logger.make(({ message }) => lines.push(String(message)))])
    const said = (text: string) => lines.filter((it) => it.includes(text)).length
    return withRedis((redis) =>
      Effect.gen(function* () {
        yield* serving
        yield* Effect.promise(() => redis.kill())
        for (let round = 0; round < 10; round++) yield* isRefused
        yield* Effect.promise(() => redis.start())
        yield* serving
        assert.strictEqual(said("the replay store is lost"), 1)
        assert.strictEqual(said("the replay store is back"), 1)
      })
    ).pipe(Effect.provide(listening))
  })
})

const startFails = (url: string) =>
  Layer.build(onRedis(url)).pipe(Effect.scoped, Effect.flip, Effect.timeout("8 seconds"))

describe("a start", () => {
  it.live("without Redis fails, and says where it was looked for", () =>
    Effect.gen(function* () {
      const url = yield* deadUrl
      const error = yield* startFails(url)
      assert.strictEqual(error._tag, "RedisUnreachable")
      assert.include(error.message, new URL(url).host)
    })
  )

  it.live.skipIf(!hasServer)("on a Redis that evicts fails, and says what would be right", () =>
    Effect.scoped(
      Effect.gen(function* () {
        for (const policy of ["allkeys-lru", "volatile-ttl"]) {
          const redis = yield* redisWith("--maxmemory-policy", policy)
          const error = yield* startFails(redis.url)
          assert.strictEqual(error._tag, "RedisUnfit")
          assert.include(error.message, policy)
          assert.include(error.message, "noeviction")
        }
      })
    )
  )

  it.live.skipIf(!hasServer)("with the wrong password fails, and doesn't show it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* redisWith("--requirepass", "right")
        for (const url of [redis.url, redis.url.replace("//", "//:wrong-one@")]) {
          const error = yield* startFails(url)
          assert.strictEqual(error._tag, "RedisUnfit")
          assert.include(error.message, "credentials")
          assert.notInclude(error.message, "wrong-one")
        }
      })
    )
  )

  it.live.skipIf(!hasServer)("on a replica begins and isn't ready until it is a master", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        yield* Effect.promise(() => redis.run("REPLICAOF", "127.0.0.1", "1"))
        yield* Effect.gen(function* () {
          yield* unready(/replica/)
          yield* isRefused
          yield* Effect.promise(() => redis.run("REPLICAOF", "NO", "ONE"))
          yield* serving
        }).pipe(Effect.provide(gatewayOn(redis.url), { local: true }))
      })
    )
  )
})
