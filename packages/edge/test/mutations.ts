/** Envelopes that differ from what a device signed: the gateway takes none of them. */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { toEffect } from "@galaxy/edge/Awaitable"
import type { Envelope } from "@galaxy/edge/Envelope"
import { Verifier } from "@galaxy/edge/Verifier"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Backend, now, peer, verifier } from "@galaxy/testkit/TestEdge"
import { devices, early, former, mutant, originalsAt, same } from "@galaxy/testkit/MutatedEnvelopes"

const originals = originalsAt(now, "request")

const backend = new Backend(...devices)
backend.add(former, "revoked")

/** What a heap that is collected may grow by over the second half of the mutations, in bytes. */
const grownBy = 4 * 1_048_576
const measurements = 8

const collected = (): number => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Makes so many mutations; each is refused before its request id is reserved, and none of them is kept in memory. */
export const refusesMutations = (seed: number, mutations: number) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const { verify } = yield* Verifier
    const verifying = (envelope: Envelope) => toEffect(() => verify("command", envelope, peer))
    const random = new SeededRandom(seed)
    const seen = new Map<string, number>()
    const heaps: Array<number> = []
    let made = 0
    for (let drawn = 0; made < mutations; drawn++) {
      const one = random.pick(originals)
      const [what, changed] = mutant(random, one, originals)
      // What equals a signed envelope is no mutation.
      if (originals.some((it) => same(it, changed))) continue
      made++
      if (made % Math.floor(mutations / measurements) === 0) heaps.push(collected())
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

    // The first half fills caches.
    const settled = heaps.slice(measurements / 2)
    assert.isBelow((settled.at(-1) ?? 0) - (settled[0] ?? 0), grownBy, `heaps in bytes: ${heaps.join(", ")}`)

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
