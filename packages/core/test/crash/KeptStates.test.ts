/**
 * Backends that are killed while the database keeps their games' states: nothing that a player was told of is lost, and
 * no turn is made or told twice. Every commit: `KeptStates.nightly.test.ts`.
 */
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { survives } from "./keptGame.ts"

onPostgres((_, url) => {
  describe("a game outlives a backend that is killed", () => {
    it.live("between an engine's answer to an order and its commit, and right after that", () =>
      Effect.gen(function* () {
        assert.isUndefined(yield* survives(url, "order", { when: "before", commit: 1 }))
        assert.isUndefined(yield* survives(url, "order", { when: "after", commit: 1 }))
      })
    )

    it.live("between a turn and its commit", () =>
      Effect.gen(function* () {
        assert.isUndefined(yield* survives(url, "turn", { when: "before", commit: 2 }))
      })
    )

    it.live("while it takes the game in", () =>
      Effect.gen(function* () {
        assert.isUndefined(yield* survives(url, "take in", { when: "after", commit: 2 }))
      })
    )
  })
})
