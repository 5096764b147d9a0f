/** The verification order of the wire contract, each check alone and each before the next. */
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { toEffect } from "@galaxy/edge/Awaitable"
import * as Budgets from "@galaxy/edge/Budgets"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import type { Envelope, Peer } from "@galaxy/edge/Envelope"
import { BackendUnavailable, ReplayStoreUnavailable, type StaleRequest, statusCodes } from "@galaxy/edge/Refusal"
import { type Reservation, ReplayStore } from "@galaxy/edge/ReplayStore"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { Verifier } from "@galaxy/edge/Verifier"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Backend, type Device, device, envelopeOf, now, peer, signed, verifier } from "@galaxy/testkit/TestEdge"

const player = device(1)
const sibling = { ...device(2), userId: player.userId }
const stranger = device(3)
const former = device(4)
/** Of another user. */
const other = device(5)

const backend = () => {
  const made = new Backend(player, sibling, other)
  made.add(former, "revoked")
  return made
}

const attempt = Effect.fnUntraced(function* (
  envelope: Envelope,
  rpc: "command" | "subscribe" = "command",
  ip: string = peer.ip
) {
  const { verify } = yield* Verifier
  return yield* toEffect(() => verify(rpc, envelope, { ip })).pipe(
    Effect.match({ onSuccess: () => "accepted", onFailure: (it): string => it._tag })
  )
})

/** The verification of a command, as an effect. */
const verifying = (envelope: Envelope, from: Peer = peer) =>
  Effect.flatMap(Verifier, ({ verify }) => toEffect(() => verify("command", envelope, from)))

const signedByGateway = (input: Uint8Array, signature: Uint8Array) =>
  Effect.flatMap(EdgeCrypto, ({ publicKey, verify }) => toEffect(() => verify(publicKey, input, signature)))

const atNow = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.andThen(TestClock.setTime(now), effect)

// ------------------------------------------------------------------------------------------------------- order

/** A request in the making, and the state of the gateway that it meets. */
interface Draft {
  by: Device
  fields: Partial<Envelope>
  otherHash: boolean
  otherSignature: boolean
  reserved: boolean
  spent: boolean
}

interface Step {
  readonly reason: keyof typeof statusCodes
  readonly code: string
  readonly spoil: (draft: Draft) => void
}

const steps: ReadonlyArray<Step> = [
  {
    reason: "invalid_envelope",
    code: "INVALID_ARGUMENT",
    spoil: (it) => Object.assign(it.fields, { traceId: "x".repeat(129) })
  },
  {
    reason: "unsupported_protocol_version",
    code: "FAILED_PRECONDITION",
    spoil: (it) => Object.assign(it.fields, { protocolVersion: "v2" })
  },
  { reason: "session_unknown", code: "UNAUTHENTICATED", spoil: (it) => Object.assign(it, { by: stranger }) },
  { reason: "session_revoked", code: "UNAUTHENTICATED", spoil: (it) => Object.assign(it, { by: former }) },
  { reason: "payload_hash_mismatch", code: "INVALID_ARGUMENT", spoil: (it) => Object.assign(it, { otherHash: true }) },
  { reason: "invalid_signature", code: "UNAUTHENTICATED", spoil: (it) => Object.assign(it, { otherSignature: true }) },
  {
    reason: "stale_request",
    code: "FAILED_PRECONDITION",
    spoil: (it) => Object.assign(it.fields, { timestampMs: BigInt(now - 60_001) })
  },
  { reason: "replayed_request", code: "FAILED_PRECONDITION", spoil: (it) => Object.assign(it, { reserved: true }) },
  { reason: "rate_limited", code: "RESOURCE_EXHAUSTED", spoil: (it) => Object.assign(it, { spent: true }) },
  {
    reason: "unsupported_message_type",
    code: "UNIMPLEMENTED",
    spoil: (it) => Object.assign(it.fields, { messageType: "no.such.type" })
  }
]

const oneToken = { budgets: { ip: { burst: 1, perSecond: 0.001 } } }

/** What a request is answered that fails at each of the steps. */
const answerTo = (...wrong: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const draft: Draft = {
      by: player,
      fields: {},
      otherHash: false,
      otherSignature: false,
      reserved: false,
      spent: false
    }
    // The first comes last: where two set the same thing, the first is what is there.
    for (const step of wrong.toReversed()) step.spoil(draft)
    const hash = draft.otherHash ? { payloadHash: new Uint8Array(32) } : {}
    const envelope = envelopeOf(draft.by, { ...draft.fields, ...hash })
    if (draft.otherSignature) envelope.signature[0] = (envelope.signature[0] ?? 0) ^ 1
    if (draft.reserved) {
      const { deviceSessionId, requestId } = envelope
      const store = yield* ReplayStore
      yield* toEffect(() => store.reserve({ deviceSessionId, requestId, timestampMs: now, futureMs: 0, ttlMs: 60_000 }))
    }
    if (draft.spent) (yield* Budgets.Budgets).take("ip", peer.ip)
    return yield* attempt(envelope)
  }).pipe(atNow, Effect.provide(verifier(backend(), oneToken)))

describe("the order of verification", () => {
  it.effect("lets through what is right everywhere", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* answerTo(), "accepted")
    })
  )

  steps.forEach((step, index) => {
    it.effect(`has ${step.reason} as step ${index + 1}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* answerTo(step), step.reason)
        assert.strictEqual(statusCodes[step.reason].request, step.code)
        // Before each later one, and before all of them together.
        for (const later of steps.slice(index + 1)) {
          assert.strictEqual(yield* answerTo(step, later), step.reason, `with ${later.reason}`)
        }
        assert.strictEqual(yield* answerTo(...steps.slice(index)), step.reason)
      })
    )
  })

  it.effect("spends neither the request id nor a token before the request is proved to be the session's", () =>
    Effect.gen(function* () {
      const right = envelopeOf(player)
      const wrong = [
        { ...right, traceId: "x".repeat(129) },
        { ...right, protocolVersion: "v2" },
        { ...right, payloadHash: new Uint8Array(32) },
        { ...right, signature: new Uint8Array(64) },
        envelopeOf(player, { timestampMs: 0n })
      ]
      for (const it of wrong) assert.notStrictEqual(yield* attempt(it), "accepted")
      assert.strictEqual(yield* attempt(right), "accepted")
    }).pipe(atNow, Effect.provide(verifier(backend(), oneToken)))
  )

  it.effect("asks the backend for nothing that has a wrong form", () => {
    const asked = backend()
    return Effect.gen(function* () {
      yield* attempt(envelopeOf(player, { requestId: "" }))
      yield* attempt(envelopeOf(player, { protocolVersion: "v2" }))
      assert.deepStrictEqual(asked.asked, [])
    }).pipe(atNow, Effect.provide(verifier(asked)))
  })
})

// -------------------------------------------------------------------------------------------------------- form

describe("the form of an envelope", () => {
  const bytes = (length: number) => new Uint8Array(length)

  const wrong: ReadonlyArray<[string, Partial<Envelope>]> = [
    ["no protocol version", { protocolVersion: "" }],
    ["a long protocol version", { protocolVersion: "v".repeat(17) }],
    ["no session", { deviceSessionId: "" }],
    ["an upper-case session", { deviceSessionId: "0190F7A2-0000-7000-8000-000000000001" }],
    ["a session in braces", { deviceSessionId: "{0190f7a2-0000-7000-8000-000000000001}" }],
    ["a session without hyphens", { deviceSessionId: "0190f7a200007000800000000000001" }],
    ["a session with a line after it", { deviceSessionId: `${player.deviceSessionId}\n` }],
    ["no message type", { messageType: "" }],
    ["a long message type", { messageType: "a".repeat(65) }],
    ["an upper-case message type", { messageType: "User.account.get" }],
    ["a message type with a hyphen", { messageType: "user-account" }],
    ["a message type with a line after it", { messageType: "user.account.get\n" }],
    ["no request id", { requestId: "" }],
    ["a long request id", { requestId: "r".repeat(65) }],
    ["a request id with a space", { requestId: "a b" }],
    ["a request id with a dot", { requestId: "a.b" }],
    ["a request id with a foreign letter", { requestId: "é" }],
    ["a payload beyond the bound", { payloadBytes: bytes(1_001) }],
    ["no payload hash", { payloadHash: bytes(0) }],
    ["a short payload hash", { payloadHash: bytes(31) }],
    ["a long payload hash", { payloadHash: bytes(33) }],
    ["a long trace id", { traceId: "x".repeat(129) }]
  ]
  const small = { settings: { maxPayloadBytes: 1_000 } }

  for (const [what, fields] of wrong) {
    it.effect(`is wrong with ${what}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* attempt(envelopeOf(player, fields)), "invalid_envelope")
      }).pipe(atNow, Effect.provide(verifier(backend(), small)))
    )
  }

  it.effect("is wrong with a signature of another length", () =>
    Effect.gen(function* () {
      for (const length of [0, 63, 65]) {
        assert.strictEqual(yield* attempt({ ...envelopeOf(player), signature: bytes(length) }), "invalid_envelope")
      }
    }).pipe(atNow, Effect.provide(verifier(backend(), small)))
  )

  const right: ReadonlyArray<[string, Partial<Envelope>]> = [
    ["a payload of exactly the bound", { payloadBytes: bytes(1_000) }],
    ["a request id of 64 letters", { requestId: "aZ09-_".repeat(11).slice(0, 64) }],
    ["a request id of one letter", { requestId: "-" }],
    ["a trace id", { traceId: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }],
    ["a trace id of 128 characters", { traceId: "x".repeat(128) }]
  ]
  for (const [what, fields] of right) {
    it.effect(`is right with ${what}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* attempt(envelopeOf(player, fields)), "accepted")
      }).pipe(atNow, Effect.provide(verifier(backend(), small)))
    )
  }

  it.effect("is right up to the greatest length, whatever comes of it", () =>
    Effect.gen(function* () {
      const version = envelopeOf(player, { protocolVersion: "v".repeat(16) })
      assert.strictEqual(yield* attempt(version), "unsupported_protocol_version")
      const type = envelopeOf(player, { messageType: "a".repeat(64) })
      assert.strictEqual(yield* attempt(type), "unsupported_message_type")
    }).pipe(atNow, Effect.provide(verifier(backend(), small)))
  )

  it.effect("asks for a payload hash also of an empty payload", () =>
    Effect.gen(function* () {
      const zero = envelopeOf(player, { payloadHash: bytes(32) })
      assert.strictEqual(yield* attempt(zero), "payload_hash_mismatch")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("compares every byte of the payload hash, whoever signed it", () =>
    Effect.gen(function* () {
      const { payloadHash } = envelopeOf(player)
      for (let index = 0; index < 32; index++) {
        const other = Uint8Array.from(payloadHash, (byte, at) => (at === index ? byte ^ 1 : byte))
        assert.strictEqual(yield* attempt(envelopeOf(player, { payloadHash: other })), "payload_hash_mismatch")
      }
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("fixes the message type of a subscription, which is no command", () =>
    Effect.gen(function* () {
      const subscribe = (requestId: string) => envelopeOf(player, { messageType: "gateway.subscribe", requestId })
      assert.strictEqual(yield* attempt(subscribe("1"), "subscribe"), "accepted")
      assert.strictEqual(yield* attempt(subscribe("2")), "unsupported_message_type")
      assert.strictEqual(yield* attempt(envelopeOf(player, { requestId: "3" }), "subscribe"), "invalid_envelope")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("knows no message type that is a name of every object", () =>
    Effect.gen(function* () {
      for (const messageType of ["constructor", "__proto__", "to_string", "valueof"]) {
        const envelope = envelopeOf(player, { messageType, requestId: messageType })
        assert.strictEqual(yield* attempt(envelope), "unsupported_message_type")
      }
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )
})

// --------------------------------------------------------------------------------------------------- freshness

describe("the time of a request", () => {
  const ages: ReadonlyArray<[string, bigint, string]> = [
    ["60 s old", -60_000n, "accepted"],
    ["a millisecond older", -60_001n, "stale_request"],
    ["10 s ahead", 10_000n, "accepted"],
    ["a millisecond further ahead", 10_001n, "stale_request"],
    ["the oldest there is", -(2n ** 63n) - BigInt(now), "stale_request"],
    ["the newest there is", 2n ** 63n - 1n - BigInt(now), "stale_request"]
  ]
  for (const [what, age, wanted] of ages) {
    it.effect(`is ${wanted} when it is ${what}`, () =>
      Effect.gen(function* () {
        const envelope = envelopeOf(player, { timestampMs: BigInt(now) + age })
        assert.strictEqual(yield* attempt(envelope), wanted)
      }).pipe(atNow, Effect.provide(verifier(backend())))
    )
  }

  it.effect("becomes stale as the clock goes on", () =>
    Effect.gen(function* () {
      const envelope = (requestId: string) => envelopeOf(player, { requestId })
      yield* TestClock.adjust(60_000)
      assert.strictEqual(yield* attempt(envelope("1")), "accepted")
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* attempt(envelope("2")), "stale_request")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("is measured in whole milliseconds", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now + 0.5)
      const of = (age: number) => envelopeOf(player, { timestampMs: BigInt(now + age), requestId: `r${Math.abs(age)}` })
      assert.strictEqual(yield* attempt(of(-60_000)), "accepted")
      assert.strictEqual(yield* attempt(of(10_001)), "stale_request")
      const refusal = yield* Effect.flip(verifying(of(-60_001)))
      assert.strictEqual((refusal as StaleRequest).serverTimeMs, now)
    }).pipe(Effect.provide(verifier(backend())))
  )

  it.effect("has the bounds that are set", () =>
    Effect.gen(function* () {
      const of = (age: number) =>
        attempt(envelopeOf(player, { timestampMs: BigInt(now + age), requestId: `r${Math.abs(age)}` }))
      assert.deepStrictEqual(
        [yield* of(-5), yield* of(-6), yield* of(3), yield* of(4)],
        ["accepted", "stale_request", "accepted", "stale_request"]
      )
    }).pipe(atNow, Effect.provide(verifier(backend(), { settings: { freshnessPastMs: 5, freshnessFutureMs: 3 } })))
  )

  it.effect("is answered with the gateway's, signed for this very request", () =>
    Effect.gen(function* () {
      const envelope = envelopeOf(player, { timestampMs: 0n, requestId: "late-1" })
      const refusal = (yield* Effect.flip(verifying(envelope))) as StaleRequest
      assert.strictEqual(refusal._tag, "stale_request")
      assert.strictEqual(refusal.serverTimeMs, now)
      const input = (requestId: string) => SigningInput.serverTime({ requestId, serverTimeMs: BigInt(now) })
      assert.isTrue(yield* signedByGateway(input("late-1"), refusal.serverTimeSignature))
      assert.isFalse(yield* signedByGateway(input("late-2"), refusal.serverTimeSignature))
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )
})

// ------------------------------------------------------------------------------------------------------ replay

describe("a repeated request", () => {
  it.effect("is refused for as long as its time could be fresh", () =>
    Effect.gen(function* () {
      // The furthest ahead that is accepted is fresh for longest.
      const envelope = envelopeOf(player, { timestampMs: BigInt(now + 10_000) })
      assert.strictEqual(yield* attempt(envelope), "accepted")
      for (let second = 1; second <= 70; second++) {
        yield* TestClock.adjust(1_000)
        assert.strictEqual(yield* attempt(envelope), "replayed_request", `after ${second} s`)
      }
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* attempt(envelope), "stale_request")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("is one with the same id, whatever else is in it, of the same session", () =>
    Effect.gen(function* () {
      const fields = { requestId: "same" }
      assert.strictEqual(yield* attempt(envelopeOf(player, fields)), "accepted")
      const other = envelopeOf(player, { ...fields, messageType: "lobby.my.games", payloadBytes: Uint8Array.of(1) })
      assert.strictEqual(yield* attempt(other), "replayed_request")
      assert.strictEqual(yield* attempt(envelopeOf(sibling, fields)), "accepted")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("runs once when many arrive at the same time", () =>
    Effect.gen(function* () {
      const envelope = envelopeOf(player)
      const answers = yield* Effect.all(
        Array.from({ length: 50 }, () => attempt(envelope)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(answers.filter((it) => it === "accepted").length, 1)
      assert.strictEqual(answers.filter((it) => it === "replayed_request").length, 49)
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )
})

// ----------------------------------------------------------------------------------------------------- budgets

describe("the budgets", () => {
  const one = { burst: 1, perSecond: 1 }
  /** Two requests that share just what the budget is of. */
  const shared: ReadonlyArray<[Budgets.BudgetKind, ReadonlyArray<[Device, string, string]>]> = [
    [
      "ip",
      [
        [player, "user.account.get", "192.0.2.1"],
        [sibling, "lobby.my.games", "192.0.2.1"]
      ]
    ],
    [
      "session",
      [
        [player, "user.account.get", "192.0.2.1"],
        [player, "lobby.my.games", "192.0.2.2"]
      ]
    ],
    [
      "user",
      [
        [player, "user.account.get", "192.0.2.1"],
        [sibling, "lobby.my.games", "192.0.2.2"]
      ]
    ],
    [
      "messageType",
      [
        [player, "user.account.get", "192.0.2.1"],
        [player, "user.account.get", "192.0.2.2"]
      ]
    ]
  ]

  for (const [kind, requests] of shared) {
    it.effect(`hold of ${kind}, each by itself`, () =>
      Effect.gen(function* () {
        const tried = (number: number, requestId: string) => {
          const [by, messageType, ip] = requests[number]!
          return attempt(envelopeOf(by, { messageType, requestId }), "command", ip)
        }
        assert.strictEqual(yield* tried(0, "first"), "accepted")
        assert.strictEqual(yield* tried(1, "second"), "rate_limited")
        yield* TestClock.adjust(1_000)
        assert.strictEqual(yield* tried(1, "third"), "accepted")
      }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { [kind]: one } })))
    )
  }

  /** Two requests that differ in what the budget is of, and share what they can. */
  const apart: ReadonlyArray<[Budgets.BudgetKind, ReadonlyArray<[Device, string, string]>]> = [
    [
      "ip",
      [
        [player, "user.account.get", "192.0.2.1"],
        [player, "user.account.get", "192.0.2.2"]
      ]
    ],
    [
      "session",
      [
        [player, "user.account.get", "192.0.2.1"],
        [sibling, "user.account.get", "192.0.2.1"]
      ]
    ],
    [
      "user",
      [
        [player, "user.account.get", "192.0.2.1"],
        [other, "user.account.get", "192.0.2.1"]
      ]
    ],
    [
      "messageType",
      [
        [player, "user.account.get", "192.0.2.1"],
        [sibling, "user.account.get", "192.0.2.1"]
      ]
    ]
  ]

  for (const [kind, requests] of apart) {
    it.effect(`of one ${kind} are not another's`, () =>
      Effect.gen(function* () {
        for (const [index, [by, messageType, ip]] of requests.entries()) {
          const envelope = envelopeOf(by, { messageType, requestId: `request-${index}` })
          assert.strictEqual(yield* attempt(envelope, "command", ip), "accepted")
        }
      }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { [kind]: one } })))
    )
  }

  it.effect("by address are not for a peer that is exempt from them", () =>
    Effect.gen(function* () {
      for (const requestId of ["1", "2", "3"]) {
        yield* verifying(envelopeOf(player, { requestId }), { ...peer, exempt: true })
      }
      assert.strictEqual(yield* attempt(envelopeOf(player, { requestId: "4" })), "accepted")
      assert.strictEqual(yield* attempt(envelopeOf(player, { requestId: "5" })), "rate_limited")
    }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { ip: one } })))
  )

  it.effect("of failures don't touch a connection that has verified", () =>
    Effect.gen(function* () {
      const connection = { verifiedAt: undefined, verifiedBy: undefined }
      yield* verifying(envelopeOf(player, { requestId: "1" }), { ...peer, connection })
      assert.strictEqual(yield* attempt(envelopeOf(stranger, { requestId: "2" })), "session_unknown")
      assert.strictEqual(yield* attempt(envelopeOf(player, { requestId: "3" })), "rate_limited")
      yield* verifying(envelopeOf(player, { requestId: "4" }), { ...peer, connection })
    }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { failuresIp: one } })))
  )

  it.effect("of a message type are of each type", () =>
    Effect.gen(function* () {
      for (const messageType of ["user.account.get", "lobby.my.games"]) {
        const requestId = messageType.replaceAll(".", "-")
        assert.strictEqual(yield* attempt(envelopeOf(player, { messageType, requestId })), "accepted")
      }
    }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { messageType: one } })))
  )
})

// ---------------------------------------------------------------------------------------------------- sessions

describe("a session", () => {
  it.effect("that is revoked while it is known is refused at once", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* attempt(envelopeOf(player, { requestId: "1" })), "accepted")
      yield* (yield* SessionCache).revokeSession(player.deviceSessionId)
      assert.strictEqual(yield* attempt(envelopeOf(player, { requestId: "2" })), "session_revoked")
      assert.strictEqual(yield* attempt(envelopeOf(sibling, { requestId: "3" })), "accepted")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )

  it.effect("is proved by its own key alone", () =>
    Effect.gen(function* () {
      const byAnother = signed(sibling, envelopeOf(player))
      assert.strictEqual(yield* attempt(byAnother), "invalid_signature")
    }).pipe(atNow, Effect.provide(verifier(backend())))
  )
})

// ------------------------------------------------------------------------------------------------- unreachable

describe("a gateway whose neighbour can't be reached", () => {
  it.effect("refuses when it can't ask for the session", () => {
    const failing = backend()
    failing.answer = () => Effect.fail(new BackendUnavailable())
    return Effect.gen(function* () {
      assert.strictEqual(yield* attempt(envelopeOf(player)), "backend_unavailable")
    }).pipe(atNow, Effect.provide(verifier(failing)))
  })

  it.effect("runs nothing that it can't protect against replay", () => {
    const failing = Layer.succeed(ReplayStore, {
      reserve: () => new ReplayStoreUnavailable({ why: "it is away" }),
      ready: () => Effect.void
    })
    return Effect.gen(function* () {
      assert.strictEqual(yield* attempt(envelopeOf(player)), "replay_store_unavailable")
    }).pipe(atNow, Effect.provide(verifier(backend(), { replay: failing })))
  })

  it.effect("calls what the store doesn't vouch for stale, with the time, signed for it", () => {
    const forgetful = Layer.succeed(ReplayStore, {
      reserve: () => "unvouched",
      ready: () => Effect.void
    })
    return Effect.gen(function* () {
      // A clock may tell parts of a millisecond.
      yield* TestClock.setTime(now + 0.5)
      const envelope = envelopeOf(player)
      const refusal = yield* Effect.flip(verifying(envelope))
      assert.strictEqual(refusal._tag, "stale_request")
      const { serverTimeMs, serverTimeSignature } = refusal as StaleRequest
      assert.strictEqual(serverTimeMs, now)
      const input = SigningInput.serverTime({ requestId: envelope.requestId, serverTimeMs: BigInt(now) })
      assert.isTrue(yield* signedByGateway(input, serverTimeSignature))
    }).pipe(Effect.provide(verifier(backend(), { replay: forgetful })))
  })

  it.effect("tells the store what was signed and for how long it has to know it", () => {
    const asked: Array<Reservation> = []
    const listening = Layer.succeed(ReplayStore, {
      reserve: (reservation) => {
        asked.push(reservation)
        return "first"
      },
      ready: () => Effect.void
    })
    const settings = { freshnessPastMs: 30_000, freshnessFutureMs: 4_000 }
    return Effect.gen(function* () {
      const envelope = envelopeOf(player, { timestampMs: BigInt(now + 4_000) })
      assert.strictEqual(yield* attempt(envelope), "accepted")
      assert.deepStrictEqual(asked, [
        {
          deviceSessionId: envelope.deviceSessionId,
          requestId: envelope.requestId,
          timestampMs: now + 4_000,
          futureMs: 4_000,
          // Accepted 4 s early it is fresh for 34 s; and clocks of two gateways may differ.
          ttlMs: 44_000
        }
      ])
    }).pipe(atNow, Effect.provide(verifier(backend(), { replay: listening, settings })))
  })
})

describe("a session that goes on although its requests are no good", () => {
  const stale = () => envelopeOf(player, { timestampMs: 0n })
  const two = { burst: 2, perSecond: 0.001 }

  it.effect("gets so many answers to stale and repeated requests, from each network; others notice nothing", () =>
    Effect.gen(function* () {
      const right = envelopeOf(player)
      assert.strictEqual(yield* attempt(right), "accepted")
      assert.strictEqual(yield* attempt(right), "replayed_request")
      assert.strictEqual(yield* attempt(stale()), "stale_request")
      assert.strictEqual(yield* attempt(stale()), "rate_limited")
      assert.strictEqual(yield* attempt(stale(), "command", "192.0.2.2"), "stale_request")
      assert.strictEqual(yield* attempt(envelopeOf(sibling)), "accepted")
      // What comes before is refused as ever.
      assert.strictEqual(
        yield* attempt(envelopeOf(player, { payloadHash: new Uint8Array(32) })),
        "payload_hash_mismatch"
      )
    }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { repeats: two } })))
  )

  it.effect("reserves so many ids; one that is repeated takes none", () =>
    Effect.gen(function* () {
      const of = (requestId: string) => envelopeOf(player, { requestId })
      assert.strictEqual(yield* attempt(of("1")), "accepted")
      for (let count = 0; count < 5; count++) assert.strictEqual(yield* attempt(of("1")), "replayed_request")
      assert.strictEqual(yield* attempt(of("2")), "accepted")
      assert.strictEqual(yield* attempt(of("3")), "rate_limited")
      assert.strictEqual(yield* attempt(stale()), "stale_request")
      assert.strictEqual(yield* attempt(envelopeOf(sibling)), "accepted")
    }).pipe(atNow, Effect.provide(verifier(backend(), { budgets: { reservations: two } })))
  )
})
