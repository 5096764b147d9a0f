/** Backends killed right before and right after every commit of operations that touch much: the end is always the same. */
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { everyCrash, same } from "./crashes.ts"
import { names } from "./place.ts"

onPostgres((_, url) => {
  describe("a backend that is killed at any commit of", () => {
    for (const operation of names) {
      it.live(
        operation,
        () =>
          Effect.gen(function* () {
            const { whole, points } = yield* everyCrash(url, operation)
            assert.isNotEmpty(points)
            yield* Effect.forEach(points, (point) => same(url, operation, point, whole), { concurrency: 2 })
          }),
        3_600_000
      )
    }
  })
})
