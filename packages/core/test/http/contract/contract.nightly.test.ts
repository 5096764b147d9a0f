import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../platform.ts"
import { probeable, walk } from "./walk.ts"

const seed = 1_000_000

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(`the contract on ${name}`, (it) => {
    it.effect("every answer to 200 requests of each operation is as documented", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        // In parts, each in a new world.
        for (let part = 0; part < 10; part++) {
          const { faults } = yield* walk(call, seed + part, 20, 5)
          assert.deepStrictEqual(faults, [])
        }
      }).pipe(Effect.scoped)
    )

    it.effect("a stranger can't tell what exists from what doesn't", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        assert.deepStrictEqual(yield* probeable(call, seed, 50), [])
      }).pipe(Effect.scoped)
    )
  })
})
