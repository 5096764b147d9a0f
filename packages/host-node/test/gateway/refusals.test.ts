import { createPublicKey, verify } from "node:crypto"
import { Code, ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { Telemetry } from "@galaxy/host-node/telemetry/Telemetry"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Fixture from "./fixture.ts"

interface Case {
  readonly what: string
  readonly wish: Fixture.Wish
  readonly code: Code
  readonly reason: string
}

const bytes = (size: number) => new Uint8Array(size)

const cases: ReadonlyArray<Case> = [
  ...[
    { what: "an upper-case session id", wish: { deviceSessionId: Fixture.sessionId.toUpperCase() } },
    { what: "no session id", wish: { deviceSessionId: "" } },
    { what: "an empty message type", wish: { messageType: "" } },
    { what: "a message type with a blank", wish: { messageType: "user.account get" } },
    { what: "a message type of 65 characters", wish: { messageType: "a".repeat(65) } },
    { what: "an empty request id", wish: { requestId: "" } },
    { what: "a request id with a dot", wish: { requestId: "a.b" } },
    { what: "a request id of 65 characters", wish: { requestId: "a".repeat(65) } },
    { what: "a hash of 31 bytes", wish: { sent: { payloadHash: bytes(31) } } },
    { what: "a signature of 63 bytes", wish: { sent: { signature: bytes(63) } } },
    { what: "an empty protocol version", wish: { protocolVersion: "" } },
    { what: "a payload of one byte too many", wish: { payload: bytes(1_048_577) } }
  ].map((it) => ({ ...it, code: Code.InvalidArgument, reason: "invalid_envelope" })),
  {
    what: "another protocol version",
    wish: { protocolVersion: "v2" },
    code: Code.FailedPrecondition,
    reason: "unsupported_protocol_version"
  },
  {
    what: "an unknown session",
    wish: { deviceSessionId: Fixture.unknownId },
    code: Code.Unauthenticated,
    reason: "session_unknown"
  },
  {
    what: "a revoked session",
    wish: { deviceSessionId: Fixture.revokedId },
    code: Code.Unauthenticated,
    reason: "session_revoked"
  },
  {
    what: "another payload than was hashed",
    wish: { payload: bytes(3), sent: { payloadBytes: bytes(4) } },
    code: Code.InvalidArgument,
    reason: "payload_hash_mismatch"
  },
  {
    what: "another key's signature",
    wish: { signer: Fixture.deviceKey(2) },
    code: Code.Unauthenticated,
    reason: "invalid_signature"
  },
  {
    what: "a timestamp of 61 s ago",
    wish: { timestampMs: BigInt(Date.now() - 61_000) },
    code: Code.FailedPrecondition,
    reason: "stale_request"
  },
  {
    what: "a timestamp far in the future",
    wish: { timestampMs: BigInt(Date.now() + 3_600_000) },
    code: Code.FailedPrecondition,
    reason: "stale_request"
  },
  {
    what: "the least of all timestamps",
    wish: { timestampMs: -(2n ** 63n) },
    code: Code.FailedPrecondition,
    reason: "stale_request"
  },
  {
    what: "a message type that isn't routed",
    wish: { messageType: "lobby.games.sell" },
    code: Code.Unimplemented,
    reason: "unsupported_message_type"
  }
]

const refusedBy = <A>(call: Promise<A>) =>
  Effect.tryPromise({ try: () => call, catch: (cause) => ConnectError.from(cause) }).pipe(Effect.flip)

const detail = (error: ConnectError) => {
  const [info, ...more] = error.findDetails(ErrorInfoSchema)
  assert.isEmpty(more)
  assert.strictEqual(info?.domain, "galaxy")
  return info
}

const protocols = Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>

layer(Fixture.gateway(Fixture.generous), { timeout: "240 seconds", excludeTestServices: true })("refusals", (it) => {
  for (const protocol of protocols) {
    for (const { what, wish, code, reason } of cases) {
      it.effect(`${protocol}: ${what} is ${reason}`, () =>
        Effect.gen(function* () {
          const rpc = yield* Fixture.rpc(protocol)
          const before = (yield* Fixture.Script).calls.length
          const error = yield* refusedBy(rpc.executeCommand(Fixture.request(wish)))
          assert.strictEqual(error.code, code)
          assert.strictEqual(detail(error)?.reason, reason)
          assert.strictEqual((yield* Fixture.Script).calls.length, before)
        })
      )
    }

    it.effect(`${protocol}: who is stale is told the time, signed`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const request = Fixture.request({ timestampMs: 0n })
        const info = detail(yield* refusedBy(rpc.executeCommand(request)))
        const serverTimeMs = BigInt(info?.metadata["server_time_ms"] ?? "0")
        assert.isBelow(Math.abs(Number(serverTimeMs) - Date.now()), 10_000)
        const { publicKey } = yield* EdgeCrypto
        const key = createPublicKey({
          key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]),
          format: "der",
          type: "spki"
        })
        const input = SigningInput.serverTime({ requestId: request.requestId, serverTimeMs })
        const signature = Buffer.from(info?.metadata["server_time_signature"] ?? "", "base64")
        assert.isTrue(verify(null, input, key, signature))
      })
    )

    it.effect(`${protocol}: the same request twice is replayed_request, and runs once`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const script = yield* Fixture.Script
        const request = Fixture.request()
        yield* Effect.promise(() => rpc.executeCommand(request))
        const before = script.calls.length
        const error = yield* refusedBy(rpc.executeCommand(request))
        assert.strictEqual(error.code, Code.FailedPrecondition)
        assert.strictEqual(detail(error)?.reason, "replayed_request")
        assert.strictEqual(script.calls.length, before)
      })
    )

    it.effect(`${protocol}: a backend that fails is backend_unavailable`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const script = yield* Fixture.Script
        const usual = script.answer
        for (const answer of ["down", { status: 500, json: null }, { status: 200, json: { sessions: 7 } }] as const) {
          script.answer = answer
          const error = yield* refusedBy(rpc.executeCommand(Fixture.request()))
          script.answer = usual
          assert.strictEqual(error.code, Code.Unavailable)
          assert.strictEqual(detail(error)?.reason, "backend_unavailable")
        }
      })
    )

    it.effect(`${protocol}: a subscription is verified like a command`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const open = (wish: Fixture.Wish) =>
          refusedBy(rpc.subscribeEvents(Fixture.request(wish))[Symbol.asyncIterator]().next())
        const stranger = yield* open({ messageType: "gateway.subscribe", signer: Fixture.deviceKey(2) })
        assert.strictEqual(stranger.code, Code.Unauthenticated)
        assert.strictEqual(detail(stranger)?.reason, "invalid_signature")
        const other = yield* open({ messageType: "user.account.get" })
        assert.strictEqual(detail(other)?.reason, "invalid_envelope")
      })
    )

    it.effect(`${protocol}: a payload of exactly the bound passes`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const answer = yield* Effect.promise(() => rpc.executeCommand(Fixture.request({ payload: bytes(1_048_576) })))
        // It is no FlatBuffers: what matters is that it got as far as being read.
        assert.strictEqual(answer.resultCode, "invalid_request")
      })
    )
  }
})

const tight = { burst: 2, perSecond: 0.001 }
for (const kind of ["ip", "session", "user", "messageType"] as const) {
  for (const protocol of protocols) {
    // One gateway each: what one protocol spends the next would miss.
    layer(Fixture.gateway({ budgets: { ...Fixture.generous.budgets, [kind]: tight } }), { excludeTestServices: true })(
      `${protocol}: the budget of ${kind}`,
      (it) => {
        it.effect("ends with rate_limited and the time to wait, and nothing more runs", () =>
          Effect.gen(function* () {
            const rpc = yield* Fixture.rpc(protocol)
            yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))
            yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))
            const error = yield* refusedBy(rpc.executeCommand(Fixture.request()))
            assert.strictEqual(error.code, Code.ResourceExhausted)
            assert.strictEqual(detail(error)?.reason, "rate_limited")
            const wait = Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds)
            assert.isTrue(wait > 900 && wait <= 1_000, `${wait} s`)
            const header = Number(error.metadata.get("retry-after"))
            assert.isTrue(header >= wait && header <= wait + 1, `${header} s`)
            assert.strictEqual((yield* Fixture.Script).calls.length, 2)
          })
        )
      }
    )
  }
}

const rare = { messageTypes: { "user.account.get": { burst: 1, perSecond: 0.001 } } }
for (const metrics of [false, true]) {
  const rarely = Fixture.gateway({ budgets: { ...Fixture.generous.budgets, ...rare } })
  const counted = rarely.pipe(Layer.provide(Layer.succeed(Telemetry, { metrics, tracer: undefined })))
  layer(counted, { excludeTestServices: true })(`the budget of one message type, metrics ${metrics}`, (it) => {
    it.effect("is its own, and the others keep theirs", () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc("gRPC over HTTP/2")
        const script = yield* Fixture.Script
        const ask = (messageType: string) => rpc.executeCommand(Fixture.request({ messageType }))
        script.answer = { status: 409, json: { error: { code: "conflict", message: "no" } } }
        yield* Effect.promise(() => ask("user.account.get"))
        const error = yield* refusedBy(ask("user.account.get"))
        assert.strictEqual(detail(error)?.reason, "rate_limited")
        for (let times = 0; times < 10; times++) yield* Effect.promise(() => ask("user.sessions.list"))
        assert.strictEqual(script.calls.length, 11)
      })
    )
  })
}

const brokenStore = Layer.succeed(ReplayStore, {
  reserve: () => new ReplayStoreUnavailable({ why: "it is away" }),
  ready: () => Effect.fail(new ReplayStoreUnavailable({ why: "it is away" }))
})

layer(Fixture.gateway({}, brokenStore), { excludeTestServices: true })("without a replay store", (it) => {
  for (const protocol of protocols) {
    it.effect(`${protocol}: a command is refused and doesn't run`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const error = yield* refusedBy(rpc.executeCommand(Fixture.request()))
        assert.strictEqual(error.code, Code.Unavailable)
        assert.strictEqual(detail(error)?.reason, "replay_store_unavailable")
        assert.isEmpty((yield* Fixture.Script).calls)
      })
    )
  }
})

/** As it is on the wire: seconds, and nanoseconds beside them. */
const forgetfulStore = Layer.succeed(ReplayStore, {
  reserve: () => new ReplayStoreUnavailable({ why: "reservations were lost", retryAfterMs: 9_250.5 }),
  ready: () => Effect.void
})

layer(Fixture.gateway({}, forgetfulStore), { excludeTestServices: true })("a replay store that has lost", (it) => {
  for (const protocol of protocols) {
    it.effect(`${protocol}: a command and a subscription are told when to come back, to the millisecond`, () =>
      Effect.gen(function* () {
        const rpc = yield* Fixture.rpc(protocol)
        const subscribe = Fixture.request({ messageType: "gateway.subscribe" })
        const calls = [
          () => rpc.executeCommand(Fixture.request()),
          () => rpc.subscribeEvents(subscribe)[Symbol.asyncIterator]().next()
        ]
        for (const call of calls) {
          const error = yield* refusedBy<unknown>(call())
          assert.strictEqual(error.code, Code.Unavailable)
          assert.strictEqual(detail(error)?.reason, "replay_store_unavailable")
          const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay
          assert.deepStrictEqual([delay?.seconds, delay?.nanos], [9n, 251_000_000])
          assert.strictEqual(error.metadata.get("retry-after"), "10")
        }
        assert.isEmpty((yield* Fixture.Script).calls)
      })
    )
  }
})
