/** What every `ReplayStore` adapter does. Run it once per adapter, with a way to let its time pass. */
import { assert, layer } from "@effect/vitest"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { Context, Effect, type Layer } from "effect"

/** The time by which the adapter's reservations age. */
export class Passage extends Context.Service<
  Passage,
  {
    /** Makes the session's reservations older. */
    elapse(deviceSessionId: string, millis: number): Effect.Effect<void>
  }
>()("@galaxy/testkit/contract/Passage") {}

const ttlMs = 80_000

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
/** Every character that the wire contract allows, and with that as long as it allows. */
const everyCharacter = `${letters}${letters.toLowerCase()}0123456789-_`

export const replayStore = <E>(adapter: string, adapterLayer: Layer.Layer<ReplayStore | Passage, E>): void =>
  layer(adapterLayer, { timeout: "30 seconds" })(`ReplayStore contract: ${adapter}`, (it) => {
    const session = () => globalThis.crypto.randomUUID()
    const reserve = (deviceSessionId: string, requestId: string) =>
      Effect.flatMap(ReplayStore, (store) => store.reserve(deviceSessionId, requestId, ttlMs))

    it.effect("is ready", () => Effect.flatMap(ReplayStore, (store) => store.ready))

    it.effect("the first wins, and whoever comes after is a duplicate", () =>
      Effect.gen(function* () {
        const own = session()
        assert.isTrue(yield* reserve(own, "one"))
        assert.isFalse(yield* reserve(own, "one"))
        assert.isFalse(yield* reserve(own, "one"))
      })
    )

    it.effect("another session and another id are independent", () =>
      Effect.gen(function* () {
        const own = session()
        assert.isTrue(yield* reserve(own, "one"))
        assert.isTrue(yield* reserve(own, "two"))
        assert.isTrue(yield* reserve(session(), "one"))
        assert.isTrue(yield* reserve(own, "ONE"))
        assert.isFalse(yield* reserve(own, "two"))
      })
    )

    it.effect("of 50 that race exactly one wins", () =>
      Effect.gen(function* () {
        const own = session()
        const answers = yield* Effect.all(
          Array.from({ length: 50 }, () => reserve(own, "race")),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(Boolean).length, 1)
      })
    )

    it.effect("takes ids of every allowed character and of full length", () =>
      Effect.gen(function* () {
        const own = session()
        assert.strictEqual(everyCharacter.length, 64)
        const ids = [
          everyCharacter,
          `${everyCharacter.slice(0, -1)}-`,
          everyCharacter.toLowerCase(),
          everyCharacter.slice(0, -1),
          ...everyCharacter.split("")
        ]
        for (const id of ids) assert.isTrue(yield* reserve(own, id), id)
        for (const id of ids) assert.isFalse(yield* reserve(own, id), id)
      })
    )

    it.effect("a reservation ends after its time, which duplicates don't prolong", () =>
      Effect.gen(function* () {
        const own = session()
        const other = session()
        const passage = yield* Passage
        assert.isTrue(yield* reserve(own, "one"))
        yield* passage.elapse(own, ttlMs / 2)
        assert.isFalse(yield* reserve(own, "one"))
        assert.isTrue(yield* reserve(other, "one"))
        yield* passage.elapse(own, ttlMs / 2)
        assert.isFalse(yield* reserve(other, "one"))
        assert.isTrue(yield* reserve(own, "one"))
        assert.isFalse(yield* reserve(own, "one"))
      })
    )
  })
