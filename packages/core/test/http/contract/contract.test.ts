import { eachDatabase, layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../platform.ts"
import { walkLists } from "./lists.ts"
import { walkMutations } from "./mutations.ts"
import { problemsOf } from "./validate.ts"
import { afterDeletion, document, openOperations, operations, probeable, walk } from "./walk.ts"
import { known } from "./world.ts"

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(`the contract on ${name}`, (it) => {
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

    it.effect("every list gives each row once, page by page, while rows are added", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const { faults, short } = yield* walkLists(call, 4)
        assert.deepStrictEqual(faults, [])
        assert.deepStrictEqual(short, [])
      }).pipe(Effect.scoped)
    )

    it.effect("every administrator's mutation has its audit row, and a dry run that changes nothing", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const { faults, untried } = yield* walkMutations(call, 5)
        assert.deepStrictEqual(faults, [])
        assert.deepStrictEqual(untried, [])
      }).pipe(Effect.scoped)
    )
  })
})

layer(platformOn(layerPglite), { timeout: "240 seconds", excludeTestServices: true })("the whole contract", (it) => {
  it.effect("every answer to valid and invalid requests is as documented", () =>
    Effect.gen(function* () {
      const call = yield* surfaces
      const { faults } = yield* walk(call, 1, 20, 5)
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
