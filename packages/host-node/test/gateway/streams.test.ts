/** Event streams through real sockets: what they begin with, carry, and end with. */
import { Code, ConnectError } from "@connectrpc/connect"
import { RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Schedule, Scope } from "effect"
import type { GatewayOptions, GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import type { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import * as Fixture from "./fixture.ts"
import { ask, brings, ended, endsWith, happens, keeps, open, payloadOf, pushes, verifies } from "./subscription.ts"

type Gateway = GatewayServer | Fixture.Script | EdgeCrypto

const protocols = Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>
const { event } = Fixture

const otherSession = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b70"
const strangerSession = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b71"
const strangerId = "0190f7a2-6d3e-7c11-9a55-000000000002"

/** Besides the usual session, one more of the same user and one of somebody else. */
const moreSessions = Effect.map(Fixture.Script, ({ sessions }) => {
  const { publicKey } = Fixture.device
  sessions.set(otherSession, { userId: Fixture.userId, publicKey, status: "active" })
  sessions.set(strangerSession, { userId: strangerId, publicKey, status: "active" })
})

/** Each test has a gateway of its own, which its clients leave before it ends. */
const withGateway = <A, E>(
  test: Effect.Effect<A, E, Gateway | Scope.Scope>,
  options: Partial<GatewayOptions> = {}
): Effect.Effect<A, E> =>
  Effect.provide(
    Effect.scoped(Effect.andThen(moreSessions, test)),
    Fixture.gateway({ ...Fixture.generous, ...options }),
    { local: true }
  )

const command = (protocol: Fixture.Protocol, deviceSessionId: string) =>
  Effect.flatMap(Fixture.rpc(protocol), (rpc) =>
    Effect.tryPromise({
      try: () => rpc.executeCommand(Fixture.request({ deviceSessionId })),
      catch: (cause) => ConnectError.from(cause)
    })
  )

const revoked = { code: Code.Unauthenticated, reason: "session_revoked", domain: "galaxy" }

describe.each(protocols)("%s", (protocol) => {
  it.live("begins with the server's time, which answers the subscription", () =>
    withGateway(
      Effect.gen(function* () {
        yield* keeps(event(1), event(2))
        const { first, requestId } = yield* open(protocol)
        assert.strictEqual(first.requestId, requestId)
        assert.strictEqual(first.sequence, 0n)
        assert.isNotEmpty(first.eventId)
        const payload = payloadOf(first, "ServerTime")
        assert.strictEqual(payload["newest_sequence"], 2)
        assert.isBelow(Math.abs(Number(payload["server_time_ms"]) - Date.now()), 10_000)
      })
    )
  )

  it.live("every event is signed for the session of this stream, and for no other", () =>
    withGateway(
      Effect.gen(function* () {
        const mine = yield* open(protocol)
        const others = yield* open(protocol, { deviceSessionId: otherSession })
        yield* happens(event(1))
        const pairs = [
          [mine.first, yield* mine.next, Fixture.sessionId, otherSession],
          [others.first, yield* others.next, otherSession, Fixture.sessionId]
        ] as const
        for (const [time, live, own, foreign] of pairs) {
          for (const it of [time, live]) {
            assert.isTrue(yield* verifies(it, own))
            assert.isFalse(yield* verifies(it, foreign))
            assert.isFalse(yield* verifies({ ...it, sequence: it.sequence + 1n }, own))
          }
        }
      })
    )
  )

  it.live("live events come in order, their bytes as the backend made them", () =>
    withGateway(
      Effect.gen(function* () {
        const stream = yield* open(protocol)
        const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)
        const events = [
          event(1, { payload: new Uint8Array() }),
          event(2, { payload: everyByte }),
          event(3, { payload: new Uint8Array(70_000).fill(0x80), kind: "lobby.invite.received" }),
          event(4, { requestId: "", traceId: "" }),
          ...Array.from({ length: 100 }, (_, index) => event(5 + index))
        ]
        yield* happens(...events)
        yield* brings(stream, ...events)
      })
    )
  )

  it.live("others' events don't come, nor those that are for another session", () =>
    withGateway(
      Effect.gen(function* () {
        const mine = yield* open(protocol)
        const others = yield* open(protocol, { deviceSessionId: otherSession })
        yield* pushes({ type: "event", event: event(1, { userId: strangerId }) })
        const targeted = event(1, { deviceSessionId: otherSession })
        yield* happens(targeted, event(2))
        yield* brings(others, targeted, event(2))
        yield* brings(mine, event(2))
      })
    )
  )

  it.live("a resumed stream brings what was kept, then goes on live, without hole or repeat", () =>
    withGateway(
      Effect.gen(function* () {
        yield* keeps(event(1), event(2), event(3), event(4))
        const stream = yield* open(protocol, { resumeAfter: 2 })
        yield* brings(stream, event(3), event(4))
        // Told of again, and one that the backend's log lost.
        yield* pushes({ type: "event", event: event(3) }, { type: "event", event: event(4) })
        yield* happens(event(5))
        yield* brings(stream, event(5))
        yield* keeps(event(5), event(6), event(7), event(8))
        yield* pushes({ type: "event", event: event(8) })
        yield* brings(stream, event(6), event(7), event(8))
      })
    )
  )

  it.live("a long absence is caught up whole", () =>
    withGateway(
      Effect.gen(function* () {
        const events = Array.from({ length: 450 }, (_, index) => event(index + 1))
        yield* keeps(...events)
        const stream = yield* open(protocol, { resumeAfter: 1 })
        yield* happens(event(451))
        yield* brings(stream, ...events.slice(1), event(451))
      })
    )
  )

  it.live("what is no longer kept is told of as a gap", () =>
    withGateway(
      Effect.gen(function* () {
        yield* keeps(event(5), event(6))
        const stream = yield* open(protocol, { resumeAfter: 2 })
        const gap = yield* stream.next
        assert.strictEqual(gap.eventType, "gateway.gap")
        assert.strictEqual(gap.sequence, 0n)
        assert.deepStrictEqual(payloadOf(gap, "Gap"), { first_missing: 3, last_missing: 4, resumed_after: 4 })
        assert.isTrue(yield* verifies(gap, Fixture.sessionId))
        yield* brings(stream, event(5), event(6))
      })
    )
  )

  it.live("a client that is ahead of the server is told so, and goes on from the server's newest", () =>
    withGateway(
      Effect.gen(function* () {
        yield* keeps(event(1), event(2))
        const stream = yield* open(protocol, { resumeAfter: 9 })
        const gap = yield* stream.next
        assert.strictEqual(gap.eventType, "gateway.gap")
        assert.deepStrictEqual(payloadOf(gap, "Gap"), { first_missing: 3, last_missing: 9, resumed_after: 2 })
        yield* happens(event(3))
        yield* brings(stream, event(3))
      })
    )
  )

  it.live("while nothing happens a heartbeat says that the stream is alive", () =>
    withGateway(
      Effect.gen(function* () {
        const stream = yield* open(protocol)
        for (const beat of [yield* stream.next, yield* stream.next]) {
          assert.strictEqual(beat.eventType, "gateway.heartbeat")
          assert.strictEqual(beat.sequence, 0n)
          assert.isBelow(Math.abs(Number(payloadOf(beat, "Heartbeat")["server_time_ms"]) - Date.now()), 10_000)
          assert.isTrue(yield* verifies(beat, Fixture.sessionId))
        }
      }),
      { edge: { heartbeatMs: 10 } }
    )
  )

  it.live("a subscription whose payload says nothing sensible is invalid_envelope", () =>
    withGateway(
      Effect.gen(function* () {
        for (const payload of [Uint8Array.of(1, 2, 3), new Uint8Array(64).fill(255)]) {
          yield* endsWith(yield* ask(protocol, { payload }), Code.InvalidArgument, "invalid_envelope")
        }
        yield* endsWith(yield* ask(protocol, { resumeAfter: -1 }), Code.InvalidArgument, "invalid_envelope")
      })
    )
  )

  it.live("a subscription without payload is for live events", () =>
    withGateway(
      Effect.gen(function* () {
        yield* keeps(event(1))
        const stream = yield* open(protocol, { payload: new Uint8Array() })
        yield* happens(event(2))
        yield* brings(stream, event(2))
      })
    )
  )

  it.live("a revoked session's streams end, and its next command is refused; others go on", () =>
    withGateway(
      Effect.gen(function* () {
        const mine = yield* open(protocol)
        const again = yield* open(protocol)
        const others = yield* open(protocol, { deviceSessionId: otherSession })
        yield* pushes({ type: "invalidation", deviceSessionId: Fixture.sessionId, userId: "", reason: "logout" })
        yield* endsWith(mine, Code.FailedPrecondition, "session_revoked")
        yield* endsWith(again, Code.FailedPrecondition, "session_revoked")
        assert.deepStrictEqual(ended(yield* Effect.flip(command(protocol, Fixture.sessionId))), revoked)
        yield* happens(event(1))
        yield* brings(others, event(1))
        assert.strictEqual((yield* command(protocol, otherSession)).resultCode, "ok")
      })
    )
  )

  it.live("a user's invalidation ends all of the user's streams and nobody else's", () =>
    withGateway(
      Effect.gen(function* () {
        const mine = yield* open(protocol)
        const others = yield* open(protocol, { deviceSessionId: otherSession })
        const stranger = yield* open(protocol, { deviceSessionId: strangerSession })
        yield* pushes({ type: "invalidation", deviceSessionId: "", userId: Fixture.userId, reason: "sanction" })
        yield* endsWith(mine, Code.FailedPrecondition, "session_revoked")
        yield* endsWith(others, Code.FailedPrecondition, "session_revoked")
        for (const session of [Fixture.sessionId, otherSession]) {
          assert.deepStrictEqual(ended(yield* Effect.flip(command(protocol, session))), revoked)
        }
        const theirs = event(1, { userId: strangerId })
        yield* happens(theirs)
        yield* brings(stranger, theirs)
        assert.strictEqual((yield* command(protocol, strangerSession)).resultCode, "ok")
      })
    )
  )

  it.live("where the log begins anew, sessions are asked for again and streams catch up", () =>
    withGateway(
      Effect.gen(function* () {
        const { sessions } = yield* Fixture.Script
        const stream = yield* open(protocol)
        const lost = yield* open(protocol, { deviceSessionId: otherSession })
        yield* command(protocol, otherSession)
        // What happened here was told of to nobody.
        yield* keeps(event(1), event(2))
        sessions.set(otherSession, { userId: Fixture.userId, publicKey: Fixture.device.publicKey, status: "revoked" })
        assert.strictEqual((yield* command(protocol, otherSession)).resultCode, "ok")
        yield* pushes({ type: "resume", outcome: "RESTARTED" })
        yield* brings(stream, event(1), event(2))
        assert.deepStrictEqual(ended(yield* Effect.flip(command(protocol, otherSession))), revoked)
        yield* endsWith(lost, Code.FailedPrecondition, "session_revoked")
        yield* happens(event(3))
        yield* brings(stream, event(3))
      })
    )
  )

  it.live("a database that was restored from a copy gives its numbers again: a gap says so", () =>
    withGateway(
      Effect.gen(function* () {
        yield* keeps(event(1), event(2))
        const stream = yield* open(protocol)
        yield* happens(event(3), event(4), event(5))
        yield* brings(stream, event(3), event(4), event(5))
        const anew = event(3, { eventId: "anew" })
        yield* keeps(event(1), event(2))
        yield* pushes({ type: "resume", outcome: "RESTARTED" })
        const gap = yield* stream.next
        assert.deepStrictEqual(payloadOf(gap, "Gap"), { first_missing: 3, last_missing: 5, resumed_after: 2 })
        yield* happens(anew)
        yield* brings(stream, anew)
      })
    )
  )

  it.live("a session has so many streams; one more ends its oldest, and no other's", () =>
    withGateway(
      Effect.gen(function* () {
        const first = yield* open(protocol)
        const second = yield* open(protocol)
        const others = yield* open(protocol, { deviceSessionId: otherSession })
        const third = yield* open(protocol)
        const error = yield* Effect.flip(first.next)
        assert.deepStrictEqual(ended(error), {
          code: Code.ResourceExhausted,
          reason: "rate_limited",
          domain: "galaxy"
        })
        assert.isAbove(Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds), 0)
        yield* happens(event(1))
        for (const stream of [second, third, others]) yield* brings(stream, event(1))
      }),
      { hub: { maxStreamsPerSession: 2 }, edge: { heartbeatMs: 3_600_000 } }
    )
  )

  it.live("an address has so many streams; one that its client leaves makes room", () =>
    withGateway(
      Effect.gen(function* () {
        const first = yield* open(protocol)
        const error = yield* Effect.flip((yield* ask(protocol)).next)
        assert.strictEqual(ended(error).reason, "rate_limited")
        yield* first.leave
        // The gateway learns of it from the connection; no heartbeat has to fail first.
        const stream = yield* Effect.retry(open(protocol), Schedule.spaced("10 millis"))
        yield* happens(event(1))
        yield* brings(stream, event(1))
      }),
      { hub: { maxStreamsPerNetwork: 1 }, edge: { heartbeatMs: 3_600_000 } }
    )
  )

  it.live("at shutdown the streams are told why they end", () =>
    Effect.gen(function* () {
      const gateway = yield* Scope.make()
      const context = yield* Layer.buildWithScope(Layer.fresh(Fixture.gateway(Fixture.generous)), gateway)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const idle = yield* open(protocol)
          const busy = yield* open(protocol)
          yield* happens(event(1))
          yield* brings(idle, event(1))
          yield* brings(busy, event(1))
          const closing = yield* Effect.forkChild(Scope.close(gateway, Exit.void))
          yield* endsWith(idle, Code.Unavailable, "shutting_down")
          yield* endsWith(busy, Code.Unavailable, "shutting_down")
          yield* Fiber.join(closing)
        })
      ).pipe(Effect.provide(context))
    })
  )
})
