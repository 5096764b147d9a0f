/** Envelopes that differ from what a device signed: the gateway takes none of them. */
import { toEffect } from "@galaxy/edge/Awaitable"
import type { Envelope } from "@galaxy/edge/Envelope"
import { Verifier } from "@galaxy/edge/Verifier"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Backend, now, peer, verifier } from "@galaxy/testkit/TestEdge"
import { devices, early, former, mutant, originalsAt, same } from "@galaxy/testkit/MutatedEnvelopes"

const seed = 20_260_101

const originals = originalsAt(now, "request")

const backend = new Backend(...devices)
backend.add(former, "revoked")

/** Makes so many mutations; each is refused before its request id is reserved. */
export const refusesMutations = (mutations: number) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const { verify } = yield* Verifier
    const verifying = (envelope: Envelope) => toEffect(() => verify("command", envelope, peer))
    const random = new SeededRandom(seed)
    const seen = new Map<string, number>()
    let made = 0
    for (let drawn = 0; made < mutations; drawn++) {
      const one = random.pick(originals)
      const [what, changed] = mutant(random, one, originals)
      // What equals a signed envelope is no mutation.
      if (originals.some((it) => same(it, changed))) continue
      made++
      const reason = yield* verifying(changed).pipe(
        Effect.match({ onSuccess: () => "accepted", onFailure: (it) => it._tag })
      )
      if (!early.has(reason)) {
        assert.fail(`seed ${seed}, draw ${drawn}, ${what}: ${reason}`)
      }
      seen.set(`${what}: ${reason}`, (seen.get(`${what}: ${reason}`) ?? 0) + 1)
    }
    // The mutations reach every check that could have stopped them.
    const reasons = new Set([...seen.keys()].map((it) => it.slice(it.indexOf(": ") + 2)))
    assert.deepStrictEqual(reasons, early)
    assert.isAbove(seen.get("a signature that isn't reduced: invalid_signature") ?? 0, mutations / 100)
    assert.isAbove(seen.get("time: invalid_signature") ?? 0, mutations / 100)

    // They spent nothing: each original is still taken, once.
    for (const one of originals) {
      const verified = yield* verifying(one)
      assert.strictEqual(
        verified.session.userId,
        devices.find((it) => it.deviceSessionId === one.deviceSessionId)?.userId
      )
    }
    for (const one of originals) {
      const again = yield* Effect.flip(verifying({ ...one, traceId: "00-other" }))
      assert.strictEqual(again._tag, "replayed_request")
    }
  }).pipe(Effect.provide(verifier(backend)))
