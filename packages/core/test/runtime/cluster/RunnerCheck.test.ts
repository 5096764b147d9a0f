/** Who is found to be lost, by a backend that reaches some of the others, or none. */
import * as RunnerCheck from "@galaxy/core/runtime/cluster/RunnerCheck"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ClusterError, Runner, RunnerAddress, RunnerHealth, Runners, RunnerStorage } from "effect/cluster"
import { TestClock } from "effect/testing"

const addressOf = (host: string) => RunnerAddress.make(host, 7070)

/** Which of these backends are healthy a minute after `a` has begun to check them, where it reaches only some. */
const healthyAfter = (all: ReadonlyArray<string>, reached: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const storage = yield* RunnerStorage.RunnerStorage
    for (const it of all) yield* storage.register(Runner.make({ address: addressOf(it), groups: [], weight: 1 }), true)
    yield* Layer.build(RunnerCheck.layer(addressOf("a"), 1))
    yield* TestClock.adjust("1 minute")
    const found = yield* storage.getRunners
    const { isAlive } = yield* Effect.provide(RunnerHealth.RunnerHealth, RunnerCheck.layerHealth(addressOf("a"), 1))
    const asked = all
      .filter((it) => it !== "a")
      .map((it) => Effect.map(isAlive(addressOf(it)), (is) => (is ? [it] : [])))
    const alive = yield* Effect.all(asked, { concurrency: "unbounded" }).pipe(
      Effect.raceFirst(Effect.andThen(Effect.forever(TestClock.adjust("1 second")), Effect.never))
    )
    return {
      healthy: found.flatMap(([{ address }, healthy]) => (healthy ? [address.host] : [])).toSorted(),
      alive: alive.flat().toSorted()
    }
  }).pipe(
    Effect.provide(
      Layer.merge(
        RunnerStorage.layerMemory,
        Layer.mock(Runners.Runners)({
          ping: (address) =>
            reached.includes(address.host)
              ? // Refusals are quicker than answers.
                Effect.sleep("20 millis")
              : Effect.fail(new ClusterError.RunnerUnavailable({ address }))
        })
      )
    ),
    Effect.scoped
  )

describe("which backends are lost", () => {
  it.effect("those that refuse, while others answer", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* healthyAfter(["a", "b", "c"], ["b"]), { healthy: ["a", "b"], alive: ["b"] })
    })
  )

  it.effect("the only other one, if it refuses", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* healthyAfter(["a", "b"], []), { healthy: ["a"], alive: [] })
    })
  )

  it.effect("none, for one that reaches none of several", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* healthyAfter(["a", "b", "c"], []), {
        healthy: ["a", "b", "c"],
        alive: ["b", "c"]
      })
    })
  )
})
