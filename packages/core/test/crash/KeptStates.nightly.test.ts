/** Backends that keep states and are killed right before and right after each of their commits. */
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { survives } from "./keptGame.ts"

onPostgres((_, url) => {
  describe("a game outlives a backend that is killed at any commit of", () => {
    for (const operation of ["order", "turn", "take in"] as const) {
      it.live(
        operation,
        () =>
          Effect.gen(function* () {
            const commits = yield* survives(url, operation, { when: "before", commit: 0 })
            assert.isAbove(commits ?? 0, 0)
            for (let commit = 1; commit <= (commits ?? 0); commit++) {
              for (const when of ["before", "after"] as const) {
                assert.isUndefined(yield* survives(url, operation, { when, commit }), `${when} ${commit}`)
              }
            }
          }),
        3_600_000
      )
    }
  })
})
