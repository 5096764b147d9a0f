import { Code } from "@connectrpc/connect"
import { Untrusted } from "@galaxy/client/ClientError"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as EventStream from "@galaxy/client/EventStream"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as ServerClock from "@galaxy/client/ServerClock"
import * as pinnedKey from "@galaxy/client/pinnedKey"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Random, Stream } from "effect"
import * as Fake from "./fakeGateway.ts"
import { hasty } from "./hastyClock.ts"

const pinned = Effect.gen(function* () {
  const [clock, local] = [yield* ServerClock.make, yield* Clock.Clock]
  const following = { info: Effect.fail("nobody is asked"), local, clock, options: {} }
  return yield* Effect.promise(() => pinnedKey.make(Fake.key.publicKey, following))
})

const session = {
  deviceSessionId: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a" as DeviceSessionId,
  key: DeviceKey.fromSeed(new Uint8Array(32).fill(1))
}

/** Jitter that a test can count on. */
const alwaysHalf = { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 1 }

const listen = (scripts: Fake.Scripts, from: EventStream.From, take: number, waits: Array<number> = []) =>
  Effect.gen(function* () {
    const clock = yield* ServerClock.make
    const gateway = yield* pinned
    const stream = EventStream.make(
      {
        rpc: Fake.rpc(scripts),
        session,
        gateway,
        clock,
        correct: (_, stale) =>
          stale.serverTimeMs === "" ? Effect.fail(new Untrusted({ message: "" })) : clock.correct(1_000)
      },
      from
    )
    return yield* Stream.runCollect(Stream.take(stream, take))
  }).pipe(Effect.provideService(Clock.Clock, hasty(waits)), Effect.provideService(Random.Random, alwaysHalf))

const sequences = (events: Iterable<PlayerEvent>) => Array.from(events, (it) => it.sequence)

describe("EventStream", () => {
  it.live("hands on each event once over lost connections and repeats", () =>
    Effect.gen(function* () {
      const resumed: Array<number> = []
      const events = yield* listen(
        {
          async *subscribe(request, connection) {
            resumed.push(Fake.resumeAfter(request))
            yield Fake.serverTime(9)
            if (connection === 1) {
              yield Fake.turnReady(6)
              yield Fake.turnReady(7)
              throw Fake.refusal(Code.Unavailable, "shutting_down")
            }
            yield Fake.turnReady(7)
            yield Fake.turnReady(8)
            yield Fake.turnReady(8)
            yield Fake.turnReady(9)
          }
        },
        { after: 5 },
        4
      )
      assert.deepStrictEqual(sequences(events), [6, 7, 8, 9])
      assert.deepStrictEqual(resumed, [5, 7])
    })
  )

  it.live("a live stream that breaks before its first event resumes after the number it began at", () =>
    Effect.gen(function* () {
      const resumed: Array<number> = []
      yield* listen(
        {
          async *subscribe(request, connection) {
            resumed.push(Fake.resumeAfter(request))
            yield Fake.serverTime(41)
            if (connection === 1) throw Fake.refusal(Code.Unavailable, "shutting_down")
            yield Fake.turnReady(42)
          }
        },
        "now",
        1
      )
      assert.deepStrictEqual(resumed, [0, 41])
    })
  )

  it.live("waits longer after each failure, at most 30 s, and from the start after a success", () =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      yield* listen(
        {
          async *subscribe(_, connection) {
            if (connection <= 8) throw Fake.refusal(Code.Unavailable, "backend_unavailable")
            yield Fake.serverTime()
            if (connection === 9) throw Fake.refusal(Code.Unavailable, "backend_unavailable")
            yield Fake.turnReady(1)
          }
        },
        "now",
        1,
        waits
      )
      assert.deepStrictEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 500])
    })
  )

  it.live("comes back when the gateway says, to the millisecond, and goes on", () =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      const events = yield* listen(
        {
          async *subscribe(_, connection) {
            if (connection === 1) throw Fake.refusal(Code.Unavailable, "replay_store_unavailable", {}, 9_250.25)
            if (connection === 2) throw Fake.refusal(Code.ResourceExhausted, "rate_limited", {}, 1_001)
            if (connection === 3) throw Fake.refusal(Code.Unavailable, "backend_unavailable", {}, 2_000)
            yield Fake.serverTime()
            if (connection === 4) throw Fake.refusal(Code.Unavailable, "shutting_down", {}, 3_000)
            yield Fake.turnReady(1)
          }
        },
        "now",
        1,
        waits
      )
      assert.deepStrictEqual(sequences(events), [1])
      // What was told, rounded up, and half a second so that not everybody comes at once.
      assert.deepStrictEqual(waits, [9_251 + 500, 1_001 + 500, 2_000 + 500, 3_000 + 500])
    })
  )

  it.live("takes the gateway's time once at once; told so again and again it waits longer and longer", () =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      yield* listen(
        {
          async *subscribe(request, connection) {
            if (connection <= 4) throw await Fake.stale(request, Date.now())
            yield Fake.serverTime()
            yield Fake.turnReady(1)
          }
        },
        "now",
        1,
        waits
      )
      assert.deepStrictEqual(waits, [1_000, 2_000, 4_000])
    })
  )

  it.live("ends with a refusal that no wait mends", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        listen(
          {
            // eslint-disable-next-line require-yield
            async *subscribe() {
              throw Fake.refusal(Code.InvalidArgument, "invalid_envelope", {}, 1_000)
            }
          },
          "now",
          1
        )
      )
      assert.strictEqual(error._tag === "Refused" ? error.reason : error._tag, "invalid_envelope")
    })
  )

  it.live("ends for good when the session is revoked", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        listen(
          {
            async *subscribe() {
              yield Fake.serverTime()
              throw Fake.refusal(Code.FailedPrecondition, "session_revoked")
            }
          },
          "now",
          1
        )
      )
      assert.strictEqual(error._tag, "SessionEnded")
    })
  )

  for (const [what, script] of [
    ["another key signed", { ...Fake.turnReady(1), forged: true }],
    ["belongs to another session's stream", { ...Fake.turnReady(1), foreign: true }]
  ] as const) {
    it.live(`refuses an event that ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          listen(
            {
              async *subscribe() {
                yield Fake.serverTime()
                yield script
              }
            },
            "now",
            1
          )
        )
        assert.strictEqual(error._tag, "Untrusted")
      })
    )
  }

  it.live("a stream that breaks before the user's first event tells of those it has missed", () =>
    Effect.gen(function* () {
      const resumed: Array<number> = []
      const events = yield* listen(
        {
          async *subscribe(request, connection) {
            resumed.push(Fake.resumeAfter(request))
            yield Fake.serverTime(connection <= 2 ? 0 : 2)
            if (connection <= 2) throw Fake.refusal(Code.Unavailable, "shutting_down")
            yield Fake.turnReady(3)
          }
        },
        "now",
        2
      )
      assert.deepStrictEqual(resumed, [0, 0, 0])
      assert.deepStrictEqual(
        events.map((it) => [it.type, it.sequence]),
        [
          ["gateway.gap", 0],
          ["game.turn.ready", 3]
        ]
      )
      assert.deepStrictEqual(events[0]?.payload, { first_missing: 1, last_missing: 2, resumed_after: 2 })
    })
  )

  it.live("tells of a gap and goes on after it", () =>
    Effect.gen(function* () {
      const events = yield* listen(
        {
          async *subscribe() {
            yield Fake.serverTime(10)
            yield {
              type: "gateway.gap",
              table: "galaxy.gateway.Gap",
              payload: { first_missing: 4, last_missing: 8, resumed_after: 8 }
            }
            yield Fake.turnReady(8)
            yield Fake.turnReady(9)
          }
        },
        { after: 3 },
        2
      )
      assert.deepStrictEqual(
        events.map((it) => it.type),
        ["gateway.gap", "game.turn.ready"]
      )
      assert.strictEqual(events[1]?.sequence, 9)
    })
  )

  /** A subscription with all states that it had, and a program that reads `take` events. */
  const watched = (
    scripts: Fake.Scripts,
    take: number,
    use: (it: EventStream.Subscription) => Effect.Effect<unknown>
  ) =>
    Effect.gen(function* () {
      const clock = yield* ServerClock.make
      const gateway = yield* pinned
      const correct = () => Effect.fail(new Untrusted({ message: "" }))
      const it = yield* EventStream.subscribe({ rpc: Fake.rpc(scripts), session, gateway, clock, correct }, "now")
      const states = yield* Effect.forkChild(Stream.runCollect(it.state), { startImmediately: true })
      const events = yield* Effect.forkChild(Effect.exit(Stream.runCollect(Stream.take(it.events, take))))
      yield* use(it)
      yield* Fiber.join(events)
      return Array.from(yield* Fiber.join(states))
    })

  const become = (it: EventStream.Subscription, tag: string) =>
    Stream.runDrain(Stream.takeUntil(it.state, (state) => state._tag === tag))

  it.live("tells what its connection is doing, until when it waits and why it ended", () =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      const states = yield* watched(
        {
          async *subscribe(_, connection) {
            if (connection === 1) throw Fake.refusal(Code.Unavailable, "backend_unavailable")
            yield Fake.serverTime()
            if (connection === 2) throw Fake.refusal(Code.Unavailable, "shutting_down")
            throw Fake.refusal(Code.FailedPrecondition, "session_revoked")
          }
        },
        1,
        () => Effect.void
      ).pipe(Effect.provideService(Clock.Clock, hasty(waits)), Effect.provideService(Random.Random, alwaysHalf))
      assert.deepStrictEqual(
        states.map((it) => it._tag),
        ["connecting", "waiting", "connecting", "live", "waiting", "connecting", "live", "ended"]
      )
      const waiting = states.find((it) => it._tag === "waiting")
      assert.closeTo(waiting?.untilMs ?? 0, Date.now() + 500, 5_000)
      assert.strictEqual(waiting?.failures, 1)
      const end = states.at(-1)
      assert.deepInclude(end?._tag === "ended" ? end.why : undefined, {
        _tag: "SessionEnded",
        reason: "session_revoked"
      })
    })
  )

  it.live("hurries on demand: a wait is over, and a live connection is opened anew", () =>
    Effect.gen(function* () {
      const resumed: Array<number> = []
      const states = yield* watched(
        {
          async *subscribe(request, connection) {
            resumed.push(Fake.resumeAfter(request))
            // A minute: nobody waits for it here.
            if (connection === 1) throw Fake.refusal(Code.Unavailable, "replay_store_unavailable", {}, 60_000)
            yield Fake.serverTime(7)
            if (connection === 2) await new Promise(() => undefined)
            yield Fake.turnReady(8)
          }
        },
        1,
        (it) =>
          Effect.gen(function* () {
            yield* become(it, "waiting")
            yield* it.reconnectNow
            yield* become(it, "live")
            yield* it.reconnectNow
          })
      )
      assert.deepStrictEqual(resumed, [0, 0, 7])
      assert.deepStrictEqual(
        states.map((it) => it._tag),
        ["connecting", "waiting", "connecting", "live", "connecting", "live", "ended"]
      )
      const end = states.at(-1)
      assert.isUndefined(end?._tag === "ended" ? end.why : "not ended")
    })
  )
})
