import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../platform.ts"
import { walkMutations } from "./mutations.ts"

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `administrators' mutations on ${name}`,
    (it) => {
      it.effect("every administrator's mutation has its audit row, and a dry run that changes nothing", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { faults, untried } = yield* walkMutations(call, 5)
          assert.deepStrictEqual(faults, [])
          assert.deepStrictEqual(untried, [])
        }).pipe(Effect.scoped)
      )
    }
  )
})
