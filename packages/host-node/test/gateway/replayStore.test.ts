import { Code, ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import * as Contract from "@galaxy/testkit/contract/replayStore"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { Redis } from "ioredis"
import * as Fixture from "./fixture.ts"
import { deadUrl, hasServer, type OwnRedis, ownRedis, testUrl } from "./redis.ts"

const testClock = Layer.succeed(Contract.Passage, { elapse: (_, millis) => TestClock.adjust(millis) })

Contract.replayStore("memory", Layer.merge(ReplayStore.layerMemory(), testClock))

/** Brings the end of each reservation nearer, as the server itself has it. What has no end keeps none. */
const redisClock = (url: string) =>
  Layer.effect(
    Contract.Passage,
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new Redis(url)),
        (redis) => Effect.promise(() => redis.quit())
      ),
      (redis) => ({
        elapse: (deviceSessionId: string, millis: number) =>
          Effect.promise(async () => {
            for (const key of await redis.keys(`galaxy:replay:${deviceSessionId}:*`)) {
              const left = await redis.pttl(key)
              if (left >= 0) await redis.pexpire(key, left - millis)
            }
          })
      })
    )
  )

const onRedis = (url: string) => RedisReplayStore.layer({ url: Redacted.make(url) })

if (testUrl !== undefined) Contract.replayStore("Redis", Layer.merge(onRedis(testUrl), redisClock(testUrl)))

describe("reservations in memory", () => {
  it.effect("are bounded: when full the store refuses, and takes again as the oldest expire", () =>
    Effect.gen(function* () {
      const store = yield* ReplayStore.ReplayStore
      assert.isTrue(yield* store.reserve(Fixture.sessionId, "a", 1_000))
      assert.isTrue(yield* store.reserve(Fixture.sessionId, "b", 1_000))
      assert.strictEqual(
        (yield* Effect.flip(store.reserve(Fixture.sessionId, "c", 1_000)))._tag,
        "replay_store_unavailable"
      )
      assert.isFalse(yield* store.reserve(Fixture.sessionId, "a", 1_000))
      yield* TestClock.adjust(1_000)
      assert.isTrue(yield* store.reserve(Fixture.sessionId, "c", 1_000))
    }).pipe(Effect.provide(ReplayStore.layerMemory({ capacity: 2 }), { local: true }))
  )
})

const reasonOf = (error: ConnectError) => error.findDetails(ErrorInfoSchema)[0]?.reason

const command = (protocol: Fixture.Protocol, request = Fixture.request()) =>
  Effect.flatMap(Fixture.rpc(protocol), (rpc) =>
    Effect.tryPromise({
      try: () => rpc.executeCommand(request),
      catch: (cause) => ConnectError.from(cause)
    })
  )

const readyz = Effect.flatMap(GatewayServer, ({ url }) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) })
    return { status: response.status, json: (await response.json()) as unknown }
  })
)

/** Refused by itself, within the time in which a player still waits, and without running. */
const isRefused = Effect.gen(function* () {
  const { calls } = yield* Fixture.Script
  const before = calls.length
  for (const protocol of ["gRPC over HTTP/2", "Connect over HTTP/1.1", "gRPC-Web over HTTP/1.1"] as const) {
    const error = yield* command(protocol).pipe(Effect.flip, Effect.timeout("3 seconds"))
    assert.strictEqual(error.code, Code.Unavailable)
    assert.strictEqual(reasonOf(error), "replay_store_unavailable")
  }
  assert.strictEqual(calls.length, before)
  assert.deepStrictEqual(yield* readyz, {
    status: 503,
    json: { status: "unavailable", missing: "replay_store_unavailable" }
  })
})

const works = Effect.gen(function* () {
  assert.strictEqual((yield* command("gRPC over HTTP/2")).resultCode, "ok")
  assert.strictEqual((yield* readyz).status, 200)
})

/** The store connects again when it next tries. */
const worksAgain = Effect.retry(command("gRPC over HTTP/2"), Schedule.spaced("20 millis")).pipe(
  Effect.timeout("10 seconds"),
  Effect.andThen(works)
)

describe.skipIf(!hasServer)("a gateway and its Redis", () => {
  const withRedis = <A, E>(
    test: (redis: OwnRedis) => Effect.Effect<A, E, GatewayServer | Fixture.Script>
  ): Effect.Effect<A, E> =>
    Effect.scoped(
      Effect.flatMap(ownRedis, (redis) =>
        Effect.provide(test(redis), Fixture.gateway({}, Layer.orDie(onRedis(redis.url))), { local: true })
      )
    )

  it.live("killed: refused at once, never run; started again: works again", () =>
    withRedis((redis) =>
      Effect.gen(function* () {
        yield* works
        yield* Effect.promise(() => redis.kill())
        yield* isRefused
        const refused = Fixture.request()
        assert.strictEqual(
          reasonOf(yield* Effect.flip(command("gRPC over HTTP/2", refused))),
          "replay_store_unavailable"
        )
        yield* Effect.promise(() => redis.start())
        yield* worksAgain
        // Nothing was left over to be reserved later: what was refused may be sent again as it is.
        assert.strictEqual((yield* command("gRPC over HTTP/2", refused)).resultCode, "ok")
      })
    )
  )

  it.live("frozen: refused after a moment, never run; thawed: works again", () =>
    withRedis((redis) =>
      Effect.gen(function* () {
        yield* works
        redis.freeze()
        yield* isRefused
        redis.thaw()
        yield* worksAgain
      })
    )
  )
})

describe("a start without Redis", () => {
  it.live("fails with RedisUnreachable", () =>
    Effect.gen(function* () {
      const url = yield* deadUrl
      const error = yield* Layer.build(onRedis(url)).pipe(Effect.scoped, Effect.flip, Effect.timeout("5 seconds"))
      assert.strictEqual(error._tag, "RedisUnreachable")
    })
  )
})
