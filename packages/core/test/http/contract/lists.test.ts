import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../platform.ts"
import { walkLists } from "./lists.ts"

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `the lists of the contract on ${name}`,
    (it) => {
      it.effect("every list gives each row once, page by page, while rows are added", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { faults, short } = yield* walkLists(call, 4)
          assert.deepStrictEqual(faults, [])
          assert.deepStrictEqual(short, [])
        }).pipe(Effect.scoped)
      )
    }
  )
})
