import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../platform.ts"
import { afterDeletion, openOperations, probeable } from "./walk.ts"

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `callers of the contract on ${name}`,
    (it) => {
      it.effect("no operation is open without its credentials", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          assert.deepStrictEqual(yield* openOperations(call, 2), [])
        }).pipe(Effect.scoped)
      )

      it.effect("a stranger can't tell what exists from what doesn't", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          assert.deepStrictEqual(yield* probeable(call, 3, 5), [])
        }).pipe(Effect.scoped)
      )

      it.effect("a deleted player is gone from every operation", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          assert.deepStrictEqual(yield* afterDeletion(call, 6), [])
        }).pipe(Effect.scoped)
      )
    }
  )
})
