import { Code } from "@connectrpc/connect"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { gatewayKey } from "@galaxy/client/verify"
import { assert, describe, it } from "@effect/vitest"
import type { ExecuteCommandRequest } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { Clock, Effect, Random, Result } from "effect"
import * as Fake from "./fakeGateway.ts"
import { hasty } from "./hastyClock.ts"

const session = {
  deviceSessionId: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a" as DeviceSessionId,
  key: DeviceKey.fromSeed(new Uint8Array(32).fill(1))
}

const connect = (execute: NonNullable<Fake.Scripts["execute"]>) =>
  GalaxyClient.make({
    baseUrl: "http://127.0.0.1:1",
    session,
    gatewayKey: Fake.key.publicKey,
    rpc: Fake.rpc({ execute })
  })

const list = { table: "galaxy.user.SessionList", payload: { sessions: [] } } as const

describe("GalaxyClient", () => {
  it.live("signs what it sends and decodes what the gateway signed", () =>
    Effect.gen(function* () {
      const client = yield* connect(async (request) => {
        const device = await gatewayKey(session.key.publicKey)
        const signed = await device.verifies(SigningInput.request(request), request.signature)
        return Fake.answer(request, signed ? list : { ...list, resultCode: "unauthorized" })
      })
      assert.deepStrictEqual(yield* client.call("user.sessions.list", {}), { sessions: [] })
    })
  )

  it.live("a business error is CallFailed with the backend's code", () =>
    Effect.gen(function* () {
      const client = yield* connect((request) =>
        Fake.answer(request, {
          resultCode: "conflict",
          table: "galaxy.common.Error",
          payload: { code: "conflict", message: "the game is running", reason: "wrong_state" }
        })
      )
      const error = yield* Effect.flip(client.call("user.sessions.list", {}))
      assert.deepStrictEqual(error._tag === "CallFailed" ? [error.code, error.reason] : error._tag, [
        "conflict",
        "wrong_state"
      ])
      assert.match(error._tag === "CallFailed" ? (error.requestId ?? "") : "", /^[0-9a-f-]{36}$/)
    })
  )

  for (const [what, script] of [
    ["that another key signed", { ...list, forged: true }],
    ["to another request", { ...list, requestId: "somebody-elses" }]
  ] as const) {
    it.live(`refuses an answer ${what}`, () =>
      Effect.gen(function* () {
        const client = yield* connect((request) => Fake.answer(request, script))
        assert.strictEqual((yield* Effect.flip(client.call("user.sessions.list", {})))._tag, "Untrusted")
      })
    )
  }

  it.live("takes the server's signed time after a stale refusal and tries once more", () =>
    Effect.gen(function* () {
      const ahead = Date.now() + 3_600_000
      const seen: Array<{ readonly requestId: string; readonly timestampMs: bigint }> = []
      const client = yield* connect(async (request, attempt) => {
        seen.push(request)
        if (attempt === 1) throw await Fake.stale(request, ahead)
        return Fake.answer(request, list)
      })
      yield* client.call("user.sessions.list", {})
      assert.strictEqual(seen.length, 2)
      assert.notStrictEqual(seen[0]?.requestId, seen[1]?.requestId)
      assert.isBelow(Math.abs(Number(seen[1]?.timestampMs) - ahead), 60_000)
    })
  )

  it.live("tries no third time", () =>
    Effect.gen(function* () {
      let attempts = 0
      const client = yield* connect(async (request) => {
        attempts++
        throw await Fake.stale(request, 1_000)
      })
      assert.strictEqual((yield* Effect.flip(client.call("user.sessions.list", {})))._tag, "Untrusted")
      assert.strictEqual(attempts, 2)
    })
  )

  it.live("takes gateways whose clocks differ for what they are, and not for wrong ones", () =>
    Effect.gen(function* () {
      const [ahead, behind] = [Date.now() + 300_000, Date.now() - 300_000]
      const client = yield* connect(async (request, attempt) => {
        if (attempt === 1) throw await Fake.stale(request, ahead)
        if (attempt === 2) throw await Fake.stale(request, behind)
        return Fake.answer(request, list)
      })
      yield* client.call("user.sessions.list", {})
      let attempts = 0
      const unlucky = yield* connect(async (request, attempt) => {
        attempts++
        throw await Fake.stale(request, attempt % 2 === 1 ? ahead : behind)
      })
      assert.strictEqual((yield* Effect.flip(unlucky.call("user.sessions.list", {})))._tag, "Unavailable")
      assert.strictEqual(attempts, 3)
    })
  )

  it.live("knows by signed answers how far its own clock is off, and doesn't tremble", () =>
    Effect.gen(function* () {
      let off = 300_000
      let forged = false
      const client = yield* connect((request) =>
        Fake.answer(request, { ...list, timestampMs: Date.now() + off, ...(forged ? { forged } : {}) })
      )
      assert.strictEqual(yield* client.clockOffset, 0)
      yield* client.call("user.sessions.list", {})
      const known = yield* client.clockOffset
      assert.isBelow(Math.abs(known - off), 10_000)
      // An answer that was on its way for a while says nothing new.
      yield* client.call("user.sessions.list", {})
      assert.isBelow(Math.abs((yield* client.clockOffset) - known), 1_000)
      off = 0
      forged = true
      yield* Effect.flip(client.call("user.sessions.list", {}))
      assert.isBelow(Math.abs((yield* client.clockOffset) - known), 1_000)
      forged = false
      yield* client.call("user.sessions.list", {})
      assert.isBelow(Math.abs(yield* client.clockOffset), 10_000)
    })
  )

  it.live("believes no time that another key signed", () =>
    Effect.gen(function* () {
      let attempts = 0
      const client = yield* connect(async (request) => {
        attempts++
        throw await Fake.stale(request, 1_000, true)
      })
      assert.strictEqual((yield* Effect.flip(client.call("user.sessions.list", {})))._tag, "Untrusted")
      assert.strictEqual(attempts, 1)
    })
  )

  it.live("says that the session is over, and keeps the key usable", () =>
    Effect.gen(function* () {
      const client = yield* connect(() => {
        throw Fake.refusal(Code.Unauthenticated, "session_revoked")
      })
      assert.strictEqual((yield* Effect.flip(client.call("user.sessions.list", {})))._tag, "SessionEnded")
      const signature = yield* Effect.promise(() => session.key.sign(new Uint8Array([1])))
      assert.strictEqual(signature.length, 64)
    })
  )

  it.live("refuses a request that doesn't fit its table before it is sent", () =>
    Effect.gen(function* () {
      const client = yield* connect((request) => Fake.answer(request, list))
      const error = yield* Effect.flip(
        client.call("lobby.games.get", { game_id: 7 } as unknown as { readonly game_id: string })
      )
      assert.strictEqual(error._tag === "CallFailed" ? error.code : error._tag, "invalid_request")
    })
  )
})

describe("a gateway that says when to come back", () => {
  /** One call; what it was sent, and for how long it waited. */
  const calling = (execute: NonNullable<Fake.Scripts["execute"]>, options: Partial<GalaxyClient.Options> = {}) =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      const seen: Array<ExecuteCommandRequest> = []
      const client = yield* GalaxyClient.make({
        baseUrl: "http://127.0.0.1:1",
        session,
        gatewayKey: Fake.key.publicKey,
        rpc: Fake.rpc({
          execute: (request, attempt) => {
            seen.push(request)
            return execute(request, attempt)
          }
        }),
        ...options
      })
      const exit = yield* Effect.result(client.call("user.sessions.list", {})).pipe(
        Effect.provideService(Clock.Clock, hasty(waits)),
        Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })
      )
      return { error: Result.isFailure(exit) ? exit.failure : undefined, waits, seen }
    })

  for (const [code, reason] of [
    [Code.Unavailable, "replay_store_unavailable"],
    [Code.ResourceExhausted, "rate_limited"]
  ] as const) {
    it.live(`${reason}: is asked again when it says, to the millisecond, with a new envelope`, () =>
      Effect.gen(function* () {
        const { error, waits, seen } = yield* calling((request, attempt) => {
          if (attempt === 1) throw Fake.refusal(code, reason, {}, 9_250.000_001)
          if (attempt === 2) throw Fake.refusal(code, reason, {}, 999)
          return Fake.answer(request, list)
        })
        assert.isUndefined(error)
        assert.deepStrictEqual(waits, [9_251, 999])
        assert.strictEqual(new Set(seen.map((it) => it.requestId)).size, 3)
      })
    )

    it.live(`${reason}: beyond the caller's patience it says how long`, () =>
      Effect.gen(function* () {
        const { error, waits } = yield* calling((_, attempt) => {
          throw Fake.refusal(code, reason, {}, attempt === 1 ? 20_000 : 10_001)
        })
        assert.deepStrictEqual(waits, [20_000])
        assert.strictEqual((error as { readonly retryAfterMs?: number }).retryAfterMs, 10_001)
        const impatient = yield* calling(
          () => {
            throw Fake.refusal(code, reason, {}, 1.5)
          },
          { patienceMs: 0 }
        )
        assert.deepStrictEqual(impatient.waits, [])
        assert.strictEqual((impatient.error as { readonly retryAfterMs?: number }).retryAfterMs, 2)
      })
    )

    it.live(`${reason}: however short the waits, they end`, () =>
      Effect.gen(function* () {
        const { error, seen } = yield* calling(() => {
          throw Fake.refusal(code, reason, {}, 1)
        })
        assert.isDefined(error)
        assert.isAtMost(seen.length, 10)
      })
    )

    it.live(`${reason}: without a time it isn't asked again`, () =>
      Effect.gen(function* () {
        const { error, seen } = yield* calling(() => {
          throw Fake.refusal(code, reason)
        })
        assert.isDefined(error)
        assert.strictEqual(seen.length, 1)
      })
    )
  }

  it.live("whose backend may have run the command isn't asked again", () =>
    Effect.gen(function* () {
      for (const reason of ["backend_unavailable", "shutting_down"]) {
        const { error, seen } = yield* calling(() => {
          throw Fake.refusal(Code.Unavailable, reason, {}, 10)
        })
        assert.strictEqual(error?._tag, "Unavailable")
        assert.strictEqual(seen.length, 1)
      }
    })
  )

  it.live("and calls times before its border stale is no wrong gateway, before the wait and after", () =>
    Effect.gen(function* () {
      const { error, waits, seen } = yield* calling(async (request, attempt) => {
        // A clock that is behind, then the store that lost reservations, then the clock's last bit, twice.
        if (attempt === 1) throw await Fake.stale(request, Date.now())
        if (attempt === 2) throw Fake.refusal(Code.Unavailable, "replay_store_unavailable", {}, 5_000)
        if (attempt === 3) throw await Fake.stale(request, Date.now() + 5_000)
        if (attempt === 4) throw await Fake.stale(request, Date.now() + 6_000)
        return Fake.answer(request, list)
      })
      assert.isUndefined(error)
      assert.deepStrictEqual(waits, [5_000])
      assert.strictEqual(seen.length, 5)
    })
  )
})

describe("DeviceKey", () => {
  it("is made by the platform, and its private half can't be read out", async () => {
    const key = await DeviceKey.generate()
    assert.strictEqual(key.publicKey.length, 32)
    assert.strictEqual(key.handle?.privateKey.extractable, false)
    const message = new Uint8Array([1, 2, 3])
    const verifier = await gatewayKey(key.publicKey)
    assert.isTrue(await verifier.verifies(message, await key.sign(message)))
  })

  it("signs the same with the platform's and with the library's Ed25519", async () => {
    const key = DeviceKey.fromSeed(new Uint8Array(32).fill(1))
    assert.strictEqual(
      Buffer.from(key.publicKey).toString("hex"),
      "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
    )
  })
})
