import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../platform.ts"
import { problemsOf } from "./validate.ts"
import { document, operations, walk } from "./walk.ts"
import { known } from "./world.ts"

layer(platformOn(layerPglite), { timeout: "240 seconds", excludeTestServices: true })("the whole contract", (it) => {
  it.effect("every answer to valid and invalid requests is as documented", () =>
    Effect.gen(function* () {
      const call = yield* surfaces
      const { faults } = yield* walk(call, 1, 10, 10)
      assert.deepStrictEqual(faults, [])
    }).pipe(Effect.scoped)
  )
})

describe("the walk over the contract", () => {
  it("knows values for every parameter of a path", () => {
    const names = operations.flatMap(({ operation }) =>
      operation.parameters.filter((it) => it.in === "path").map((it) => it.name)
    )
    assert.deepStrictEqual(
      [...new Set(names)].filter((it) => !known(it)),
      []
    )
  })

  it("sees what an answer has too much, too little, or wrong", () => {
    const schema = document.components.schemas["AdminAccount"]
    const good = { username: "root", created_at: "2026-01-01T00:00:00.000Z" }
    const problems = (value: unknown) => problemsOf(document, schema, value).length
    assert.strictEqual(problems(good), 0)
    for (const bad of [{ ...good, hash: "" }, { username: "root" }, { ...good, created_at: "today" }, [good], null]) {
      assert.isAbove(problems(bad), 0, JSON.stringify(bad))
    }
  })
})
