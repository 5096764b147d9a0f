/** Two platforms that were given the same installation name on one Docker host. */
import { assert, describe, it } from "@effect/vitest"
import { current } from "@galaxy/core/engine/Incarnation"
import * as Incarnations from "@galaxy/core/incarnation/Incarnations"
import * as PushLog from "@galaxy/core/push/PushLog"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { Context, Effect, Layer, Option, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { backend, client, daemon, hostOn, newGame, specOf } from "./doubleHost.ts"

/** The database of a platform of its own, with what begins a new incarnation of it. Tests' databases begin as copies of one. */
const platform = Effect.gen(function* () {
  const services = Incarnations.layer.pipe(Layer.provideMerge(PushLog.layer()), Layer.provideMerge(layerPglite))
  const built = yield* Layer.build(Layer.fresh(services))
  const sql = Context.get(built, SqlClient.SqlClient)
  yield* sql`UPDATE backend.installation SET platform = gen_random_uuid(), incarnation = gen_random_uuid()`
  return built
})

describe("two platforms of one installation name", { timeout: 240_000 }, () => {
  it.live(
    "leave each other's engines alone, and say so, while each removes those of its own earlier incarnations",
    () =>
      Effect.gen(function* () {
        const { socketPath } = yield* daemon
        const docker = yield* client(socketPath)
        const ids = Effect.map(docker.list([]), (all) => all.map((it) => it.Id).toSorted())
        const [mine, theirs] = [yield* platform, yield* platform]
        const of = (its: typeof mine) =>
          Effect.flatMap(Effect.provide(current, its), (identity) => backend([hostOn(socketPath)], { identity }))

        const one = yield* of(mine)
        const two = yield* of(theirs)
        const [game, other] = [yield* newGame, yield* newGame]
        const first = yield* one.start(specOf(game, 1))
        const second = yield* two.start(specOf(other, 1))
        assert.deepStrictEqual([yield* one.list, yield* two.list], [[first], [second]])

        // Neither counts, ends nor replaces what is the other's, whatever is asked of it.
        assert.deepStrictEqual(yield* one.inspect({ gameId: other, hostId: "alpha", epoch: 1 }), Option.none())
        yield* one.stop(other, "alpha", 9)
        yield* one.discard(other, "alpha", 9)
        const refused = yield* Effect.flip(one.start(specOf(other, 9)))
        assert.deepInclude(refused, { _tag: "EngineStartFailed", permanent: false })
        assert.include(refused.message, "isn't this platform's")

        // Mine begins a new incarnation, as after a restore. Whoever looks next removes its engine, and tells of the other.
        yield* Effect.provide(
          Effect.flatMap(Incarnations.Incarnations, (it) => it.begin),
          mine
        )
        const again = yield* of(mine)
        yield* Effect.repeat(ids, {
          until: (all) => all.length === 1,
          schedule: Schedule.spaced("50 millis"),
          times: 1_000
        })
        assert.deepStrictEqual(yield* ids, [second.instanceId])
        const [status] = yield* Effect.repeat(again.hosts, {
          until: ([it]) => it?.trouble !== undefined,
          schedule: Schedule.spaced("50 millis"),
          times: 1_000
        })
        assert.strictEqual(status?.answers, true)
        assert.include(status?.trouble, "under the name tests, 1 of them")
        assert.deepStrictEqual(yield* again.list, [])
        assert.deepStrictEqual(yield* two.list, [second])
      }).pipe(Effect.scoped)
  )
})
