/** Budgets of two gateways on one Redis: one budget where it is shared, and one each where it isn't. */
import { randomUUID } from "node:crypto"
import type * as Budgets from "@galaxy/edge/Budgets"
import { toEffect } from "@galaxy/edge/Awaitable"
import { ReplayStore, type SharedTake } from "@galaxy/edge/ReplayStore"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Schedule } from "effect"
import { Redis } from "ioredis"
import * as Fixture from "./fixture.ts"
import { testUrl } from "./redis.ts"
import { readyz, send } from "./redisGateway.ts"

const slow = (burst: number): Budgets.Rate => ({ burst, perSecond: 0.001 })

const onRedis = (prefix: string, budgets: boolean) =>
  Layer.orDie(RedisReplayStore.layer({ url: Redacted.make(testUrl ?? ""), prefix, budgets }))

const prefixOf = () => `test:${randomUUID()}:`

const gatewayOn = (prefix: string, budgets: boolean, more: Partial<Budgets.BudgetOptions>) =>
  Fixture.gateway(
    { ...Fixture.generous, edge: { freshnessFutureMs: 100 }, budgets: { ...Fixture.generous.budgets, ...more } },
    onRedis(prefix, budgets)
  )

/** How many of so many requests pass at two gateways in turns, and how long the refused ones have to wait. */
const passing = Effect.fnUntraced(function* (
  budgets: boolean,
  more: Partial<Budgets.BudgetOptions>,
  count: number,
  requestOf: () => ReturnType<typeof Fixture.request> = Fixture.request
) {
  const prefix = prefixOf()
  const two = yield* Effect.replicateEffect(Layer.build(Layer.fresh(gatewayOn(prefix, budgets, more))), 2)
  // The first start on an empty Redis waits for the border: what was signed before it would be stale.
  const ready = Effect.repeat(readyz, { until: ({ status }) => status === 200, schedule: Schedule.spaced("20 millis") })
  for (const gateway of two) yield* Effect.provide(ready, gateway)
  const waits: Array<number> = []
  let passed = 0
  for (let turn = 0; turn < count; turn++) {
    const gateway = two[turn % 2]
    if (gateway === undefined) continue
    const { reason, retryAfterMs } = yield* Effect.provide(send(requestOf()), gateway)
    // The backend of this test knows one answer, which suits one message type.
    if (reason === "ok" || reason === "backend_unavailable") passed += 1
    else {
      assert.strictEqual(reason, "rate_limited")
      waits.push(retryAfterMs ?? 0)
    }
  }
  return { passed, waits }
})

describe.skipIf(testUrl === undefined)("budgets of two gateways", { timeout: 60_000 }, () => {
  it.live("are one where they are shared: of each kind, with the time to wait", () =>
    Effect.gen(function* () {
      for (const kind of ["ip", "session", "user", "messageType"] as const) {
        const { passed, waits } = yield* passing(true, { [kind]: slow(5) }, 12)
        assert.strictEqual(passed, 5, kind)
        assert.isTrue(
          waits.every((it) => it > 900_000 && it <= 1_000_000),
          kind
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("are each gateway's own where they aren't", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* passing(false, { session: slow(5) }, 20)).passed, 10)
    }).pipe(Effect.scoped)
  )

  it.live("of one message type leave the others theirs", () =>
    Effect.gen(function* () {
      let turn = 0
      // Both gateways get both.
      const inTurns = () => Fixture.request({ messageType: turn++ % 4 < 2 ? "user.sessions.list" : "lobby.my.invites" })
      const messageTypes = { "user.sessions.list": slow(2) }
      const { passed } = yield* passing(true, { messageTypes, session: slow(1_000) }, 12, inTurns)
      assert.strictEqual(passed, 2 + 6)
    }).pipe(Effect.scoped)
  )
})

describe.skipIf(testUrl === undefined)("a store that counts budgets", { timeout: 60_000 }, () => {
  const redis = Effect.acquireRelease(
    Effect.sync(() => new Redis(testUrl ?? "")),
    (it) => Effect.sync(() => it.disconnect())
  )

  const store = Effect.fnUntraced(function* (prefix: string) {
    const made = Context.get(yield* Layer.build(Layer.fresh(onRedis(prefix, true))), ReplayStore)
    yield* Effect.retry(made.ready(0), { schedule: Schedule.spaced("10 millis"), times: 500 })
    let last = 0
    const reserve = (takes: ReadonlyArray<SharedTake>, requestId = `r${++last}`) =>
      toEffect(() => {
        const timestampMs = Date.now()
        const reservation = { deviceSessionId: "s", requestId, timestampMs, futureMs: 0, ttlMs: 60_000 }
        return made.reserveWithin?.(reservation, takes) ?? "repeated"
      })
    return reserve
  })

  it.live("takes none for an id that is used, and stops at the first bucket that is empty", () =>
    Effect.gen(function* () {
      const prefix = prefixOf()
      const reserve = yield* store(prefix)
      const takes: ReadonlyArray<SharedTake> = [
        { kind: "session", key: "a", rate: slow(3) },
        { kind: "user", key: "b", rate: slow(2) }
      ]
      assert.strictEqual(yield* reserve(takes, "one"), "first")
      for (let count = 0; count < 5; count++) assert.strictEqual(yield* reserve(takes, "one"), "repeated")
      assert.strictEqual(yield* reserve(takes, "two"), "first")
      assert.containSubset(yield* reserve(takes, "three"), { over: "user" })
      // The session's last token is gone with it, and so is the id.
      assert.containSubset(yield* reserve(takes, "four"), { over: "session" })
      assert.strictEqual(yield* reserve(takes, "four"), "repeated")
    }).pipe(Effect.scoped)
  )

  it.live("fills buckets again in time, and keeps none that is full", () =>
    Effect.gen(function* () {
      const prefix = prefixOf()
      const reserve = yield* store(prefix)
      const client = yield* redis
      const takes: ReadonlyArray<SharedTake> = [{ kind: "ip", key: "192.0.2.1", rate: { burst: 2, perSecond: 4 } }]
      assert.strictEqual(yield* reserve(takes), "first")
      const left = yield* Effect.promise(() => client.pttl(`${prefix}budget:ip:192.0.2.1`))
      assert.isAtMost(left, 250)
      assert.strictEqual(yield* reserve(takes), "first")
      const refused = yield* reserve(takes)
      // A slow machine may have given a token back meanwhile.
      if (typeof refused === "object") assert.isAtMost(refused.retryAfterMs, 250)
      while ((yield* reserve(takes)) !== "first") yield* Effect.sleep("20 millis")
      while ((yield* Effect.promise(() => client.exists(`${prefix}budget:ip:192.0.2.1`))) === 1)
        yield* Effect.sleep("20 millis")
    }).pipe(Effect.scoped)
  )

  it.live("makes one round trip of it", () =>
    Effect.gen(function* () {
      const prefix = prefixOf()
      const reserve = yield* store(prefix)
      const takes: ReadonlyArray<SharedTake> = [{ kind: "ip", key: "x", rate: slow(1_000) }]
      yield* reserve(takes)
      const monitor = yield* Effect.acquireRelease(
        Effect.promise(() => new Redis(testUrl ?? "").monitor()),
        (it) => Effect.sync(() => it.disconnect())
      )
      const seen: Array<string> = []
      monitor.on("monitor", (_time: string, args: ReadonlyArray<string>, source: string) => {
        if (source !== "lua" && args.some((it) => it.includes(prefix))) seen.push(args[0] ?? "")
      })
      for (let count = 0; count < 20; count++) yield* reserve(takes)
      while (seen.filter((it) => it === "evalsha").length < 20) yield* Effect.sleep("10 millis")
      // The heart beats meanwhile.
      assert.deepStrictEqual(
        seen.filter((it) => it !== "eval"),
        Array(20).fill("evalsha")
      )
    }).pipe(Effect.scoped)
  )
})
