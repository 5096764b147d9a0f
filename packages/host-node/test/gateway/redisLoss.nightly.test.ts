/**
 * A Redis that has lost reservations: what was signed before the loss never runs a second time.
 *
 * Each loss is made the way it happens, on servers of the test's own, and seen by a gateway on a real port.
 */
import type { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { toEffect } from "@galaxy/edge/Awaitable"
import { ReplayStore, type ReservationVerdict } from "@galaxy/edge/ReplayStore"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Logger, Redacted } from "effect"
import * as Fixture from "./fixture.ts"
import { hasServer, type OwnRedis, ownRedis, redisWith } from "./redis.ts"
import { eventually, futureMs, gatewayOn, reason, readyz, send, serving } from "./redisGateway.ts"
import { type TcpProxy, tcpProxy } from "./TcpProxy.ts"

/** Waits as long as the gateway says, and not a moment longer. */
const wait = (millis: number) => Effect.sleep(Math.max(0, millis))

/** One request that ran, a loss, and that request again: refused with a time, stale after it, run once in all. */
const onceOrRefused = (lose: Effect.Effect<void>) =>
  Effect.gen(function* () {
    yield* serving
    const { calls } = yield* Fixture.Script
    const captured = Fixture.request()
    assert.strictEqual(yield* reason(captured), "ok")
    const ran = calls.length
    yield* lose
    const answers: Array<string> = []
    for (;;) {
      const answer = yield* send(captured)
      answers.push(answer.reason ?? "")
      if (answer.reason !== "replay_store_unavailable") break
      assert.isAtMost(answers.length, 1_000)
      yield* wait(answer.retryAfterMs ?? 20)
    }
    assert.strictEqual(answers.at(-1), "stale_request", answers.join(" "))
    assert.include(answers, "replay_store_unavailable")
    assert.strictEqual(calls.length, ran)
    // A new one runs, at once and on every protocol.
    for (const protocol of Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>) {
      assert.strictEqual(yield* reason(undefined, protocol), "ok")
    }
    assert.strictEqual(yield* reason(captured), "stale_request")
    assert.strictEqual((yield* readyz).status, 200)
  })

const withRedis = <A, E>(
  test: (redis: OwnRedis) => Effect.Effect<A, E, GatewayServer | Fixture.Script>,
  ...args: ReadonlyArray<string>
) =>
  Effect.scoped(
    Effect.flatMap(redisWith(...args), (redis) => Effect.provide(test(redis), gatewayOn(redis.url), { local: true }))
  )

const command = (redis: OwnRedis, name: string, ...args: ReadonlyArray<string | number>) =>
  Effect.promise(() => redis.run(name, ...args))

const restart = (redis: OwnRedis) =>
  Effect.promise(async () => {
    await redis.kill()
    await redis.start()
  })

describe.skipIf(!hasServer)("once or refused, when Redis", { timeout: 240_000 }, () => {
  it.live("is emptied", () => withRedis((redis) => onceOrRefused(Effect.asVoid(command(redis, "FLUSHALL")))))

  it.live("is restarted without persistence", () => withRedis((redis) => onceOrRefused(restart(redis))))

  it.live("is restarted with a snapshot from before", () =>
    withRedis((redis) =>
      Effect.gen(function* () {
        yield* serving
        // The marker is in the snapshot; what was reserved after it isn't.
        yield* command(redis, "SAVE")
        yield* onceOrRefused(restart(redis))
      })
    )
  )

  it.live("evicts", () =>
    withRedis((redis) =>
      onceOrRefused(
        Effect.gen(function* () {
          yield* command(redis, "CONFIG", "SET", "maxmemory-policy", "allkeys-random")
          yield* command(redis, "CONFIG", "SET", "maxmemory", "1")
          yield* eventually("an eviction", command(redis, "DBSIZE"), (it) => it === 0)
          yield* command(redis, "CONFIG", "SET", "maxmemory", "0")
          yield* command(redis, "CONFIG", "SET", "maxmemory-policy", "noeviction")
        })
      )
    )
  )

  it.live("is another one that is promoted, without what wasn't replicated", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const old = yield* ownRedis
        const next = yield* ownRedis
        const proxy = yield* tcpProxy(old.port)
        yield* command(next, "REPLICAOF", "127.0.0.1", old.port)
        yield* eventually("a replica", command(next, "INFO", "replication"), (it) =>
          String(it).includes("master_link_status:up")
        )
        yield* onceOrRefused(failover(old, next, proxy)).pipe(
          Effect.provide(gatewayOn(`redis://127.0.0.1:${proxy.port}`), { local: true })
        )
      })
    )
  )

  it.live("is another one, and the old one goes on as its replica: the gateway leaves it within moments", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const old = yield* ownRedis
        const next = yield* ownRedis
        const proxy = yield* tcpProxy(old.port)
        yield* Effect.gen(function* () {
          yield* serving
          yield* failover(old, next, proxy)
          const took = yield* serving
          assert.isBelow(took, 5_000 + futureMs)
          // And back again, whoever is the master by then.
          yield* failover(next, old, proxy)
          assert.isBelow(yield* serving, 5_000 + futureMs)
        }).pipe(Effect.provide(gatewayOn(`redis://127.0.0.1:${proxy.port}`), { local: true }))
      })
    )
  )
})

/** The name leads to the new master; the old one stays up, with its connections, as a replica of it. */
const failover = (old: OwnRedis, next: OwnRedis, proxy: TcpProxy) =>
  Effect.gen(function* () {
    yield* command(next, "REPLICAOF", "NO", "ONE")
    yield* Effect.sync(() => {
      proxy.target = next.port
    })
    yield* command(old, "REPLICAOF", "127.0.0.1", next.port)
  })

const sessionId = Fixture.sessionId

describe.skipIf(!hasServer)("gateways that share a Redis", { timeout: 240_000 }, () => {
  /** A store with a clock of its own, `ahead` of the others by this much. */
  const store = (url: string, aheadMs = 0) =>
    Effect.gen(function* () {
      const clock = MovableClock.make()
      yield* clock.advance(aheadMs)
      const built = yield* Layer.build(Layer.fresh(RedisReplayStore.layer({ url: Redacted.make(url) }))).pipe(
        Effect.provideService(Clock.Clock, clock)
      )
      const service = Context.get(built, ReplayStore)
      const now = () => clock.currentTimeMillisUnsafe()
      return {
        now,
        clock,
        reserve: (requestId: string, timestampMs: number) =>
          toEffect(() =>
            service.reserve({ deviceSessionId: sessionId, requestId, timestampMs, futureMs, ttlMs: 60_000 })
          ).pipe(
            Effect.catch(() => Effect.succeed<ReservationVerdict | "unavailable">("unavailable")),
            Effect.provideService(Clock.Clock, clock)
          ),
        ready: service.ready(futureMs).pipe(
          Effect.map(() => 0),
          Effect.catch((it) => Effect.succeed(it.retryAfterMs ?? Number.POSITIVE_INFINITY)),
          Effect.provideService(Clock.Clock, clock)
        )
      }
    })
  type Store = Effect.Success<ReturnType<typeof store>>

  const vouches = (it: Store) => eventually("the store vouches", it.ready, (left) => left === 0)

  it.live("agree about the border, whichever of them notices the loss", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const first = yield* store(redis.url)
        const second = yield* store(redis.url)
        yield* vouches(first)
        yield* vouches(second)
        const signed = first.now()
        assert.strictEqual(yield* first.reserve("one", signed), "first")
        yield* command(redis, "FLUSHALL")
        // Only the first looks; the second learns it from the marker, with its next reservation.
        assert.isAbove(yield* first.ready, 0)
        assert.strictEqual(yield* second.reserve("one", signed), "unavailable")
        yield* vouches(first)
        assert.strictEqual(yield* first.reserve("one", signed), "unvouched")
        assert.strictEqual(yield* second.reserve("one", signed), "unvouched")
        const after = second.now()
        assert.strictEqual(yield* second.reserve("two", after), "first")
        assert.strictEqual(yield* first.reserve("two", after), "repeated")
      })
    )
  )

  it.live("one that starts finds the border of the others, and no new one", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const first = yield* store(redis.url)
        yield* vouches(first)
        assert.strictEqual(yield* first.reserve("one", first.now()), "first")
        const second = yield* store(redis.url)
        assert.strictEqual(yield* second.ready, 0)
        assert.strictEqual(yield* second.reserve("one", second.now()), "repeated")
      })
    )
  )

  it.live("one whose clock is ahead raises the border to what it may have accepted", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const right = yield* store(redis.url)
        const ahead = yield* store(redis.url, 5_000)
        yield* vouches(right)
        yield* vouches(ahead)
        const signed = ahead.now()
        assert.strictEqual(yield* ahead.reserve("one", signed), "first")
        yield* command(redis, "FLUSHALL")
        // The one that is right notices it, and would have a border before what the other has accepted.
        assert.isAtMost(yield* right.ready, futureMs + 1)
        yield* eventually("the other one raises it", right.ready, (left) => left > 2_000)
        yield* vouches(right)
        assert.strictEqual(yield* right.reserve("one", signed), "unvouched")
        assert.strictEqual(yield* ahead.reserve("one", signed), "unvouched")
      })
    )
  )

  it.live("one whose clock is days ahead keeps nobody waiting for days", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const wrong = yield* store(redis.url, 3 * 86_400_000)
        yield* vouches(wrong)
        const right = yield* store(redis.url)
        assert.isAtMost(yield* right.ready, futureMs + 1)
        yield* vouches(right)
        assert.strictEqual(yield* right.reserve("one", right.now()), "first")
        yield* vouches(wrong)
        assert.strictEqual(yield* right.reserve("two", right.now()), "first")
      })
    )
  )

  const days = 3 * 86_400_000
  /** As it ends by itself 80 s later. */
  const end = (redis: OwnRedis, requestId: string) => command(redis, "DEL", `galaxy:replay:${sessionId}:${requestId}`)

  it.live("one whose clock was ahead for a while: what it accepted then runs nowhere again when its time comes", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const one = yield* store(redis.url)
        const other = yield* store(redis.url)
        yield* vouches(one)
        yield* vouches(other)
        yield* one.clock.setWall(days)
        const signed = one.now()
        assert.strictEqual(yield* one.reserve("ahead", signed), "first")
        yield* one.clock.setWall(-days)
        assert.strictEqual(yield* one.reserve("new", one.now()), "unavailable")
        yield* vouches(one)
        yield* vouches(other)
        assert.strictEqual(yield* one.reserve("new", one.now()), "first")
        yield* end(redis, "ahead")
        // The two clocks have to move together, so the other one learns of it before its time has come.
        for (const it of [one, other]) {
          yield* it.clock.advance(days)
          assert.notStrictEqual(yield* it.reserve("ahead", signed), "first")
        }
        for (const it of [one, other]) {
          yield* it.clock.advance(120_000)
          yield* vouches(it)
          assert.strictEqual(yield* it.reserve(String(it.now()), it.now()), "first")
        }
      })
    )
  )

  it.live("one that ended while its clock was ahead: the next one knows", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const signed = yield* Effect.scoped(
          Effect.gen(function* () {
            const ahead = yield* store(redis.url, days)
            yield* vouches(ahead)
            assert.strictEqual(yield* ahead.reserve("ahead", ahead.now()), "first")
            return ahead.now()
          })
        )
        const next = yield* store(redis.url)
        yield* vouches(next)
        assert.strictEqual(yield* next.reserve("new", next.now()), "first")
        yield* end(redis, "ahead")
        yield* next.clock.advance(days)
        assert.notStrictEqual(yield* next.reserve("ahead", signed), "first")
      })
    )
  )

  it.live("whose Redis has a clock that runs ahead, which ends reservations early: a loss", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const only = yield* store(redis.url)
        yield* vouches(only)
        const signed = only.now()
        assert.strictEqual(yield* only.reserve("one", signed), "first")
        yield* only.clock.advance(20_000)
        assert.strictEqual(yield* only.ready, 0)
        // To this gateway it is the same as if Redis went ahead by as much.
        yield* only.clock.advance(-20_000)
        yield* end(redis, "one")
        assert.strictEqual(yield* only.reserve("one", signed), "unavailable")
        assert.isAbove(yield* only.ready, 0)
        yield* vouches(only)
        assert.strictEqual(yield* only.reserve("one", signed), "unvouched")
        assert.strictEqual(yield* only.reserve("two", only.now()), "first")
      })
    )
  )

  it.live("say of a loss once what they do about it", () => {
    const lines: Array<string> = []
    const listening = Logger.layer([Logger.make(({ message }) => lines.push(String(message)))])
    return Effect.scoped(
      Effect.gen(function* () {
        const redis = yield* ownRedis
        const only = yield* store(redis.url)
        yield* vouches(only)
        lines.length = 0
        yield* command(redis, "FLUSHALL")
        for (let round = 0; round < 20; round++) yield* only.ready
        yield* vouches(only)
        assert.deepStrictEqual(
          lines.map((it) => /lost/.test(it)),
          [true]
        )
      })
    ).pipe(Effect.provide(listening))
  })
})
