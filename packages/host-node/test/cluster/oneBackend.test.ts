/** Rounds that one backend does and the others skip. */
import { unlessOther } from "@galaxy/core/shared/oneBackend"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option } from "effect"

const server = serverUrl()
if (server === undefined) console.warn("skipped: rounds of one backend (GALAXY_TEST_DATABASE_URL names no server)")

describe.skipIf(server === undefined)("a round of one backend", () => {
  it.live("is skipped by the others while it lasts, and theirs again when it is over, however it ends", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url } = yield* cloneUrl(server ?? "")
        const backend = Effect.map(
          Layer.build(Layer.fresh(Postgres.layer({ url, maxConnections: 2 }))),
          (context) =>
            <A, E>(name: string, work: Effect.Effect<A, E>) =>
              Effect.provideContext(unlessOther(name, work), context)
        )
        const [one, other] = [yield* backend, yield* backend]
        const begun = yield* Deferred.make<void>()
        const end = yield* Deferred.make<void, string>()
        const first = yield* Effect.forkScoped(
          one("mails", Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(end)))
        )
        yield* Deferred.await(begun)
        assert.deepStrictEqual(yield* other("mails", Effect.succeed(1)), Option.none())
        assert.deepStrictEqual(yield* other("invites", Effect.succeed(1)), Option.some(1))
        yield* Deferred.fail(end, "it has failed")
        assert.isTrue(Exit.isFailure(yield* Fiber.await(first)))
        assert.deepStrictEqual(yield* other("mails", Effect.succeed(2)), Option.some(2))
      })
    )
  )
})
