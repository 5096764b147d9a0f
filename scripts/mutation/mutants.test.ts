/** Which changes are made of a source, and which are drawn. */
import { assert, describe, it } from "vitest"
import { equivalents } from "./equivalents.ts"
import { applied, difference, mutantsOf } from "./mutants.ts"
import { sampled } from "./sample.ts"
import { targets } from "./targets.ts"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../lib/tree.ts"

const changed = (source: string) => mutantsOf("file.ts", source).map((it) => applied(source, it))

describe("mutants of a source", () => {
  it("negate a condition, and take its branch never", () => {
    assert.sameMembers(changed("if (a) b"), ["if (!(a)) b", "if (false) b", "if (a) ;"])
    assert.sameMembers(changed("const a = b ? c : d"), ["const a = !(b) ? c : d"])
  })

  it("move the border of a comparison", () => {
    assert.sameMembers(changed("const a = b < c"), ["const a = b <= c", "const a = b >= c"])
    assert.sameMembers(changed("const a = b !== c"), ["const a = b === c"])
  })

  it("join conditions the other way", () => {
    assert.sameMembers(changed("const a = b && c"), ["const a = b || c"])
  })

  it("change numbers, by as much as matters", () => {
    assert.sameMembers(changed("const a = 1"), ["const a = 2", "const a = 0"])
    assert.sameMembers(changed("const a = 60_000"), ["const a = 30000", "const a = 120000"])
  })

  it("leave out statements, elements and steps", () => {
    assert.sameMembers(changed("function* a() { yield* b }"), ["function* a() { ; }"])
    assert.sameMembers(changed("const a = [b, c]"), ["const a = [c]", "const a = [b]"])
    assert.sameMembers(changed("const a = b.pipe(c, d)"), ["const a = b.pipe(d)", "const a = b.pipe(c)"])
  })

  it("change SQL, and no other text", () => {
    assert.sameMembers(changed("const a = sql`SELECT 1 WHERE b AND c`"), ["const a = sql`SELECT 1 WHERE b OR c`"])
    assert.deepStrictEqual(changed('const a = "b AND c"'), [])
  })

  it("call another function only where it has a counterpart", () => {
    assert.sameMembers(changed("const a = Math.min(b.toString(), c)"), ["const a = Math.max(b.toString(), c)"])
  })

  it("leave types and imports alone", () => {
    assert.deepStrictEqual(changed('import { a } from "b"; type C = 1 | true; interface D { e: 2 }'), [])
  })

  it("are told with the lines they change", () => {
    const source = "const a =\n  b < c\nconst d = e\n"
    const [first] = mutantsOf("file.ts", source)
    assert.isDefined(first)
    if (first !== undefined) assert.deepStrictEqual(difference(source, first), { before: "b < c", after: "b <= c" })
  })
})

describe("a sample", () => {
  const many = Array.from({ length: 100 }, (_, index) => index)

  it("is the same with the same seed, and another with another", () => {
    assert.deepStrictEqual(sampled(many, 10, 1), sampled(many, 10, 1))
    assert.notDeepEqual(sampled(many, 10, 1), sampled(many, 10, 2))
  })

  it("has each at most once, in their order", () => {
    const drawn = sampled(many, 10, 3)
    assert.strictEqual(drawn.length, 10)
    assert.deepStrictEqual(
      drawn,
      [...new Set(drawn)].toSorted((a, b) => a - b)
    )
    assert.deepStrictEqual(sampled(many, 1_000, 3), many)
  })
})

describe("the tables of mutation runs", () => {
  it("name files that exist", () => {
    const named = targets.flatMap(({ source, tests }) => [source, ...tests])
    assert.deepStrictEqual(
      named.filter((it) => !existsSync(join(root, it))),
      []
    )
  })

  it("have no equivalent whose source is gone", () => {
    const left = equivalents.filter(({ file, before, after }) => {
      const source = readFileSync(join(root, file), "utf8")
      return !mutantsOf(file, source).some((mutant) => {
        const lines = difference(source, mutant)
        return lines.before === before && lines.after === after
      })
    })
    assert.deepStrictEqual(left, [])
  })
})
