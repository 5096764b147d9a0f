/** The push log over real sockets: how streams begin, go on and end, whatever the gateway does. */
import * as net from "node:net"
import { Code } from "@connectrpc/connect"
import { Resume_Outcome } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import { StorageError } from "@galaxy/core/shared/StorageError"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Redacted, Scope, Stream } from "effect"
import { eventOf, outcomeOf, subscribeTo } from "./gateway.ts"

const token = "a-shared-secret"
const local = { host: "127.0.0.1", port: 0, callers: { trustedNetwork: true } } as const

/** Other tests' open transactions hold rows back: an event of before would come after the beginning. */
const settled = Effect.gen(function* () {
  const log = yield* PushLog.PushLog
  while ((yield* log.standing(yield* log.head)).pending) yield* Effect.sleep("2 millis")
})

const subscribe = Effect.fnUntraced(function* (clientId: string, cursor = "", header = token) {
  const { port } = yield* PushServer.PushServer
  return yield* subscribeTo(port, clientId, cursor, header)
})

const append = Effect.fnUntraced(function* (userId: UserId, count = 1, size = 1) {
  const log = yield* PushLog.PushLog
  yield* log.append(
    Array.from({ length: count }, () => ({ userId, kind: "game.turn.ready", payload: new Uint8Array(size).fill(7) }))
  )
})

const until = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.andThen(Effect.sleep("2 millis"), holds), { until: (it) => it })

const nobodyIsSubscribed = Effect.flatMap(PushBroker.PushBroker, (broker) =>
  until(Effect.map(broker.size, (size) => size === 0))
)

/** Passes bytes on between gateway and backend, until it is told to swallow them. */
const wire = Effect.fnUntraced(function* (port: number) {
  const sockets = new Set<net.Socket>()
  let cut = false
  let passed = 0
  const server = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1")
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on("data", (bytes) => {
        passed++
        if (!cut) to.write(bytes)
      })
      from.on("error", () => undefined)
      from.on("close", () => cut || to.destroy())
    }
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )
  return {
    port: (server.address() as net.AddressInfo).port,
    /** How many times something came from either end. */
    passed: () => passed,
    /** From now on each end hears nothing of the other and isn't told so. */
    cut: Effect.sync(() => {
      cut = true
    }),
    /** Both connections break without a word. */
    reset: Effect.sync(() => {
      for (const socket of sockets) socket.resetAndDestroy()
    })
  }
})

eachDatabase((name, database) => {
  // Nothing but a commit wakes a stream: what is freed is not freed by the next look.
  const services = PushServer.layer({
    ...local,
    callers: { gatewayToken: Redacted.make(token) },
    pingIntervalMs: 20,
    pingTimeoutMs: 20_000
  }).pipe(
    Layer.provideMerge(PushBroker.layer({ pollMillis: 600_000, batch: 16, maxSubscriptions: 2 })),
    Layer.provideMerge(PushLog.layer()),
    Layer.provideMerge(database)
  )
  layer(services, { timeout: "240 seconds", excludeTestServices: true })(`SubscribePush on ${name}`, (it) => {
    it.effect("begins fresh, then carries what is committed", () =>
      Effect.gen(function* () {
        const user = UserId.make(yield* newId)
        const session = DeviceSessionId.make(yield* newId)
        yield* settled
        const stream = yield* subscribe("gw-fresh")
        assert.strictEqual(outcomeOf(yield* stream.next), Resume_Outcome.FRESH)
        const log = yield* PushLog.PushLog
        const eventId = yield* newId
        const payload = new Uint8Array([7])
        const given = { kind: "game.turn.ready", payload, eventId, requestId: "r-1", traceId: "t-1" }
        yield* log.append([
          { userId: user, deviceSessionId: session, ...given },
          { userId: user, ...given }
        ])
        yield* log.invalidate([{ deviceSessionId: session }], "user_revoke")
        yield* log.invalidate([{ userId: user }], "admin_sanction")
        const first = eventOf(yield* stream.next)
        assert(first !== undefined)
        const { $typeName: _, ...got } = first
        assert.deepStrictEqual(
          { ...got, payload: Array.from(got.payload) },
          {
            ...given,
            payload: [7],
            userId: user,
            deviceSessionId: session,
            sequence: 1n
          }
        )
        const second = eventOf(yield* stream.next)
        assert.deepStrictEqual([second?.sequence, second?.deviceSessionId], [2n, ""])
        const invalidations = yield* Effect.replicateEffect(stream.next, 2)
        assert.deepStrictEqual(
          invalidations.map(({ payload }) => {
            assert(payload.case === "sessionInvalidation")
            const { deviceSessionId, userId, reason } = payload.value
            return { deviceSessionId, userId, reason }
          }),
          [
            { deviceSessionId: session, userId: "", reason: "user_revoke" },
            { deviceSessionId: "", userId: user, reason: "admin_sanction" }
          ]
        )
      })
    )

    it.effect("resumes after a cursor without loss or repeat", () =>
      Effect.gen(function* () {
        const user = UserId.make(yield* newId)
        const cursor = yield* Effect.scoped(
          Effect.gen(function* () {
            yield* settled
            const stream = yield* subscribe("gw-resume")
            yield* stream.next
            yield* append(user, 2)
            yield* stream.next
            return (yield* stream.next).cursor
          })
        )
        yield* append(user, 3)
        const again = yield* subscribe("gw-resume", cursor)
        assert.strictEqual(outcomeOf(yield* again.next), Resume_Outcome.RESUMED)
        const sequences = []
        for (let count = 0; count < 3; count++) sequences.push(eventOf(yield* again.next)?.sequence)
        assert.deepStrictEqual(sequences, [3n, 4n, 5n])
      })
    )

    for (const cursor of ["nonsense", "9223372036854775807.1"]) {
      it.effect(`restarts from a cursor that is not of this log: ${cursor}`, () =>
        Effect.gen(function* () {
          const stream = yield* subscribe("gw-restart", cursor)
          assert.strictEqual(outcomeOf(yield* stream.next), Resume_Outcome.RESTARTED)
        })
      )
    }

    it.effect("a second subscription of the same gateway ends the first", () =>
      Effect.gen(function* () {
        const first = yield* subscribe("gw-twice")
        yield* first.next
        const second = yield* subscribe("gw-twice")
        assert.strictEqual(outcomeOf(yield* second.next), Resume_Outcome.FRESH)
        assert.strictEqual((yield* Effect.flip(first.next)).code, Code.Aborted)
        yield* append(UserId.make(yield* newId))
        assert.isDefined(eventOf(yield* second.next))
      })
    )

    it.effect("refuses who doesn't know the token, and names or cursors that have no form", () =>
      Effect.gen(function* () {
        for (const wrong of ["", "another", `${token} `.repeat(2)]) {
          const stream = yield* subscribe("gw-stranger", "", wrong)
          assert.strictEqual((yield* Effect.flip(stream.next)).code, Code.Unauthenticated)
        }
        for (const [clientId, cursor] of [
          ["", ""],
          ["two words", ""],
          ["g".repeat(129), ""],
          ["gw-form", "1".repeat(65)]
        ] as const) {
          const stream = yield* subscribe(clientId, cursor)
          assert.strictEqual((yield* Effect.flip(stream.next)).code, Code.InvalidArgument)
        }
        yield* nobodyIsSubscribed
      })
    )

    it.effect("one gateway too many is told so, and comes in when another leaves", () =>
      Effect.gen(function* () {
        yield* nobodyIsSubscribed
        const first = yield* subscribe("gw-1")
        const second = yield* subscribe("gw-2")
        yield* first.next
        yield* second.next
        const third = yield* subscribe("gw-3")
        assert.strictEqual((yield* Effect.flip(third.next)).code, Code.ResourceExhausted)
        yield* first.leave
        const broker = yield* PushBroker.PushBroker
        yield* until(Effect.map(broker.size, (size) => size === 1))
        const again = yield* subscribe("gw-3")
        assert.strictEqual(outcomeOf(yield* again.next), Resume_Outcome.FRESH)
      })
    )

    it.effect("a gateway whose connection breaks has left, though nothing is sent", () =>
      Effect.gen(function* () {
        yield* nobodyIsSubscribed
        const { port } = yield* PushServer.PushServer
        const line = yield* wire(port)
        const stream = yield* subscribeTo(line.port, "gw-broken", "", token)
        yield* stream.next
        yield* line.reset
        yield* nobodyIsSubscribed
      })
    )

    it.effect("a gateway that doesn't read slows its own stream only, and a break frees that too", () =>
      Effect.gen(function* () {
        yield* nobodyIsSubscribed
        const user = UserId.make(yield* newId)
        const { port } = yield* PushServer.PushServer
        const line = yield* wire(port)
        yield* settled
        const slow = yield* subscribeTo(line.port, "gw-slow", "", token)
        yield* slow.next
        const quick = yield* subscribe("gw-quick")
        yield* quick.next
        // Far more than fits into windows and buffers on the way.
        yield* append(user, 200, 32 * 1024)
        const sequences = []
        for (let count = 0; count < 200; count++) sequences.push(Number(eventOf(yield* quick.next)?.sequence))
        assert.deepStrictEqual(
          sequences,
          Array.from({ length: 200 }, (_, index) => index + 1)
        )
        yield* quick.leave
        yield* line.reset
        yield* nobodyIsSubscribed
      })
    )

    it.effect("pings that are answered leave a quiet stream open", () =>
      Effect.gen(function* () {
        const { port } = yield* PushServer.PushServer
        const line = yield* wire(port)
        const stream = yield* subscribeTo(line.port, "gw-quiet", "", token)
        yield* stream.next
        const warnings: Array<Error> = []
        const heard = (warning: Error) => void warnings.push(warning)
        process.on("warning", heard)
        // Nothing but pings is under way. Were something left behind by each, Node would warn after ten.
        const before = line.passed()
        yield* until(Effect.sync(() => line.passed() > before + 40))
        process.off("warning", heard)
        assert.deepStrictEqual(warnings, [])
        yield* append(UserId.make(yield* newId))
        assert.isDefined(eventOf(yield* stream.next))
      })
    )
  })

  describe(`a push server that ends, on ${name}`, () => {
    it.live(
      "tells open streams so, doesn't wait for a gateway that is silent, and isn't ready any more",
      () =>
        Effect.gen(function* () {
          const log = yield* Layer.build(
            PushBroker.layer({ pollMillis: 600_000 }).pipe(
              Layer.provideMerge(PushLog.layer()),
              Layer.provideMerge(database)
            )
          )
          const scope = yield* Scope.make()
          const context = yield* Layer.buildWithScope(PushServer.layer(local), scope).pipe(Effect.provideContext(log))
          yield* Effect.gen(function* () {
            const { port, listening } = yield* PushServer.PushServer
            assert.isTrue(yield* listening)
            const line = yield* wire(port)
            const silent = yield* subscribeTo(line.port, "gw-silent")
            yield* silent.next
            yield* line.cut
            const stream = yield* subscribeTo(port, "gw-open")
            yield* stream.next
            const told = yield* Effect.forkChild(Effect.flip(stream.next))
            yield* Scope.close(scope, Exit.void)
            const error = yield* Fiber.join(told)
            assert.deepStrictEqual([error.code, error.rawMessage], [Code.Unavailable, "the backend is shutting down"])
            assert.isFalse(yield* listening)
            yield* Effect.provideContext(nobodyIsSubscribed, log)
          }).pipe(Effect.provideContext(context), Effect.scoped)
        }).pipe(Effect.scoped),
      60_000
    )
  })
})

describe("a push server beside faults", () => {
  it.live("ends although a gateway behind a dead network never closes its connection", () => {
    const quiet = Layer.succeed(PushBroker.PushBroker, {
      size: Effect.succeed(1),
      subscribe: () =>
        Stream.concat(
          Stream.succeed<PushBroker.Frame>({ type: "resume", outcome: "FRESH", cursor: "1.1" }),
          Stream.never
        )
    })
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(PushServer.layer(local).pipe(Layer.provide(quiet)), scope)
      const { port } = Context.get(context, PushServer.PushServer)
      const link = yield* FaultyLink.make("127.0.0.1", port)
      const stream = yield* subscribeTo(link.port, "gw")
      yield* stream.next
      yield* link.swallow
      yield* Scope.close(scope, Exit.void)
      assert.isFalse(yield* Context.get(context, PushServer.PushServer).listening)
    }).pipe(Effect.scoped)
  })

  const failing = Layer.succeed(PushBroker.PushBroker, {
    size: Effect.succeed(0),
    subscribe: () => Stream.fail(new StorageError({ retryable: true, cause: new Error("postgres://user:secret@db") }))
  })

  it.live("says that the log can't be read, and nothing of why", () =>
    Effect.gen(function* () {
      const stream = yield* subscribe("gw")
      const error = yield* Effect.flip(stream.next)
      assert.deepStrictEqual([error.code, error.rawMessage], [Code.Unavailable, "the push log cannot be read"])
    }).pipe(Effect.scoped, Effect.provide(PushServer.layer(local).pipe(Layer.provide(failing))))
  )

  it.live("a gateway that answers no ping has left", () => {
    let ended = 0
    const quiet = Layer.succeed(PushBroker.PushBroker, {
      size: Effect.sync(() => 1 - ended),
      subscribe: () =>
        Stream.concat(
          Stream.succeed<PushBroker.Frame>({ type: "resume", outcome: "FRESH", cursor: "1.1" }),
          Stream.never
        ).pipe(Stream.ensuring(Effect.sync(() => void ended++)))
    })
    return Effect.gen(function* () {
      const { port } = yield* PushServer.PushServer
      const line = yield* wire(port)
      const stream = yield* subscribeTo(line.port, "gw")
      yield* stream.next
      assert.strictEqual(ended, 0)
      yield* line.cut
      yield* until(Effect.sync(() => ended === 1))
    }).pipe(
      Effect.scoped,
      Effect.provide(PushServer.layer({ ...local, pingIntervalMs: 20, pingTimeoutMs: 100 }).pipe(Layer.provide(quiet)))
    )
  })

  it.live("a port that is taken is a failure with its reason", () =>
    Effect.gen(function* () {
      const { port } = yield* PushServer.PushServer
      const failure = yield* Effect.flip(Layer.build(PushServer.layer({ ...local, port }).pipe(Layer.provide(failing))))
      assert.strictEqual(failure._tag, "PushServerUnavailable")
      assert.match(failure.message, /EADDRINUSE/)
    }).pipe(Effect.scoped, Effect.provide(PushServer.layer(local).pipe(Layer.provide(failing))))
  )
})
