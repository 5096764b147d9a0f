/** The list of stages: it waits only where it has to, and a call that was given up goes no further. */
import { isPromise, runIn, toEffect } from "@galaxy/edge/Awaitable"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { InvalidSignature, PayloadHashMismatch } from "@galaxy/edge/Refusal"
import { type Call, inOrder, type Stage } from "@galaxy/edge/stages/Stage"
import { Verifier, layer as verifierLayer } from "@galaxy/edge/Verifier"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Backend, device, envelopeOf, now, peer, verifier } from "@galaxy/testkit/TestEdge"

const player = device(1)

const callWith = (signal?: AbortSignal): Call => ({
  envelope: envelopeOf(player),
  peer,
  rpc: "command",
  signal,
  session: undefined
})

/** Stages that say when they run. */
const listing = () => {
  const ran: Array<string> = []
  const stage =
    (name: string, refusal: ReturnType<Stage>): Stage =>
    () => {
      ran.push(name)
      return refusal
    }
  return { ran, stage }
}

describe("stages in order", () => {
  it("that need no waiting are done at once, and end with the first refusal", () => {
    const { ran, stage } = listing()
    const refusal = new InvalidSignature()
    const all = inOrder([stage("a", undefined), stage("b", refusal), stage("c", new PayloadHashMismatch())])
    assert.strictEqual(all(callWith()), refusal)
    assert.deepStrictEqual(ran, ["a", "b"])
    assert.isUndefined(inOrder([])(callWith()))
  })

  it("wait for those that do, one after the other", async () => {
    const { ran, stage } = listing()
    const refusal = new InvalidSignature()
    const all = inOrder([
      stage("a", Promise.resolve(undefined)),
      stage("b", undefined),
      stage("c", Promise.resolve(refusal)),
      stage("d", undefined)
    ])
    const found = all(callWith())
    assert.isTrue(isPromise(found))
    assert.strictEqual(await found, refusal)
    assert.deepStrictEqual(ran, ["a", "b", "c"])
  })

  it("go no further once the call was given up, whatever the stage that waited says", async () => {
    for (const said of [undefined, new InvalidSignature()]) {
      const { ran, stage } = listing()
      const over = new AbortController()
      const why = new Error("the client has gone")
      const found = inOrder([stage("a", Promise.resolve(said)), stage("b", undefined)])(callWith(over.signal))
      over.abort(why)
      const thrown: unknown = await Promise.resolve(found).catch((cause: unknown) => cause)
      assert.strictEqual(thrown, why)
      assert.deepStrictEqual(ran, ["a"])
    }
  })
})

describe("the verifier on ports that answer later", () => {
  /** As a key in hardware and a store elsewhere do. */
  const later = Layer.mergeAll(
    Layer.effect(
      EdgeCrypto,
      Effect.map(EdgeCrypto, (it) => ({
        publicKey: it.publicKey,
        sign: async (message: Uint8Array) => it.sign(message),
        verify: async (...all: Parameters<typeof it.verify>) => it.verify(...all),
        sha256: async (bytes: Uint8Array) => it.sha256(bytes)
      }))
    ),
    Layer.effect(
      ReplayStore,
      Effect.map(ReplayStore, (it) => ({
        ...it,
        reserve: async (...all: Parameters<typeof it.reserve>) => it.reserve(...all)
      }))
    )
  )

  it.effect("judges as on those that answer at once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const { verify } = yield* Verifier
      const judged = (envelope: ReturnType<typeof envelopeOf>) =>
        toEffect(() => verify("command", envelope, peer)).pipe(
          Effect.match({ onSuccess: ({ session }) => session.userId, onFailure: ({ _tag }): string => _tag })
        )
      const right = envelopeOf(player)
      assert.strictEqual(yield* judged({ ...right, payloadHash: new Uint8Array(32) }), "payload_hash_mismatch")
      assert.strictEqual(yield* judged({ ...right, requestId: "another" }), "invalid_signature")
      assert.strictEqual(yield* judged(envelopeOf(player, { timestampMs: 0n })), "stale_request")
      assert.strictEqual(yield* judged(right), player.userId)
      assert.strictEqual(yield* judged(right), "replayed_request")
    }).pipe(Effect.provide(verifierLayer.pipe(Layer.provide(later), Layer.provide(verifier(new Backend(player))))))
  )
})

describe("an effect behind a plain function", () => {
  const run = runIn(Context.empty())

  it("resolves with its result or its failure, and rejects with a defect", async () => {
    assert.strictEqual(await run(Effect.succeed(1)), 1)
    const refusal = new InvalidSignature()
    assert.strictEqual(await run(Effect.fail(refusal)), refusal)
    const defect = new Error("a defect")
    assert.strictEqual(await run(Effect.die(defect)).catch((cause: unknown) => cause), defect)
  })

  it("is interrupted by its signal, and rejects with the reason", async () => {
    const over = new AbortController()
    const why = new Error("given up")
    let isInterrupted = false
    const never = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (isInterrupted = true)))
    const running = run(never, over.signal).catch((cause: unknown) => cause)
    over.abort(why)
    assert.strictEqual(await running, why)
    assert.isTrue(isInterrupted)
  })

  it.effect("and the other way: what is returned as an error is a failure", () =>
    Effect.gen(function* () {
      const refusal = new InvalidSignature()
      assert.strictEqual(yield* Effect.flip(toEffect(() => refusal)), refusal)
      assert.strictEqual(yield* toEffect(async () => "now"), "now")
      const exit = yield* Effect.exit(
        toEffect((): string => {
          throw new Error("a defect")
        })
      )
      assert.isTrue(Exit.hasDies(exit))
    })
  )
})
