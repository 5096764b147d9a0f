/** Tokens follow the incarnation at once: an engine that is started just after a new one begins has a token of that one. */
import { GameId } from "@galaxy/contract/ids/Ids"
import * as EngineTokens from "@galaxy/core/engine/EngineTokens"
import { newId } from "@galaxy/core/shared/NewId"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"

const tokens = EngineTokens.layer({ secret: Redacted.make(new Uint8Array(32).fill(7)) })

layer(Layer.provideMerge(tokens, layerPglite), { timeout: "240 seconds", excludeTestServices: true })(
  "tokens of engines",
  (it) => {
    it.effect("differ by game, epoch and incarnation, and are the same at every backend", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const here = yield* EngineTokens.EngineTokens
        const there = yield* Effect.provide(EngineTokens.EngineTokens, Layer.fresh(tokens))
        const [game, other] = [GameId.make(yield* newId), GameId.make(yield* newId)]
        const of = (from: typeof here, id: GameId, epoch: number) => Effect.map(from.token(id, epoch), Redacted.value)
        const first = yield* of(here, game, 3)
        assert.match(first, /^[\w-]{43}$/)
        assert.strictEqual(yield* of(there, game, 3), first)
        const before = [first, yield* of(here, game, 4), yield* of(here, other, 3)]
        assert.strictEqual(new Set(before).size, 3)

        // As a new incarnation begins, which takes epochs above all earlier ones.
        yield* sql`UPDATE backend.installation SET incarnation = gen_random_uuid()`
        const later = yield* of(here, game, 1_000)
        assert.strictEqual(yield* of(there, game, 1_000), later)
        assert.notStrictEqual(yield* of(here, game, 3), first)
      })
    )

    it.effect("are those of the new incarnation soon, for low epochs too", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const here = yield* Effect.provide(EngineTokens.EngineTokens, Layer.fresh(tokens))
        const game = GameId.make(yield* newId)
        const of = (epoch: number) => Effect.map(here.token(game, epoch), Redacted.value)
        const clock = yield* Clock.Clock
        const later = Object.create(clock) as { -readonly [K in keyof Clock.Clock]: Clock.Clock[K] }
        later.currentTimeMillis = Effect.map(clock.currentTimeMillis, (it) => it + 6_000)
        const before = yield* of(5)
        yield* sql`UPDATE backend.installation SET incarnation = gen_random_uuid()`
        assert.notStrictEqual(yield* Effect.provideService(of(5), Clock.Clock, later), before)
      })
    )
  }
)
