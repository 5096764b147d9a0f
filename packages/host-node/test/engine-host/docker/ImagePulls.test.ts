/** Pulls that take longer than a start. */
import * as ImagePulls from "@galaxy/host-node/engine-host/docker/ImagePulls"
import { DockerRefused } from "@galaxy/host-node/engine-host/docker/DockerError"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

const image = "registry.example.org/engine:1"

/** A daemon whose pulls take five minutes, and end so. */
const slow = (end: Effect.Effect<void, DockerRefused>) => {
  const begun: Array<string> = []
  const pull = (imageRef: string) =>
    Effect.andThen(
      Effect.sync(() => begun.push(imageRef)),
      Effect.andThen(Effect.sleep("5 minutes"), end)
    )
  return { begun, pull }
}

const asked = (pulls: ImagePulls.ImagePulls) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.result(pulls.pull(image)))
    yield* TestClock.adjust("11 seconds")
    return yield* Fiber.join(fiber)
  })

describe("a pull that takes long", () => {
  it.effect("goes on when the start has given up, once for all", () =>
    Effect.gen(function* () {
      const daemon = slow(Effect.void)
      const pulls = yield* ImagePulls.make(daemon, "alpha")
      const outcomes = [yield* asked(pulls), yield* asked(pulls)]
      for (const it of outcomes) {
        assert.deepInclude(it._tag === "Failure" ? it.failure : {}, {
          reason: `the image ${image} is being pulled to the host alpha`,
          permanent: false,
          noRoom: true
        })
      }
      // One that waits at its end.
      yield* TestClock.adjust("270 seconds")
      assert.strictEqual((yield* asked(pulls))._tag, "Success")
      assert.deepStrictEqual(daemon.begun, [image])
    }).pipe(Effect.scoped)
  )

  it.effect("tells the next one how it failed, and is then begun anew", () =>
    Effect.gen(function* () {
      const refused = new DockerRefused({ status: 404, message: "no such image" })
      const daemon = slow(Effect.fail(refused))
      const pulls = yield* ImagePulls.make(daemon, "alpha")
      yield* asked(pulls)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* Effect.flip(pulls.pull(image)), refused)
      yield* asked(pulls)
      assert.deepStrictEqual(daemon.begun, [image, image])
    }).pipe(Effect.scoped)
  )
})
