import { cubeRoot, log4 } from "@galaxy/engine/formulas/exact"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const scales = [1e-300, 1e-9, 1, 1e9, 1e300]

/** A positive number of any size, from any number. */
const positive = (value: number, scale: number): number => (1 + Math.abs(value % 1000)) * scale

describe("the cube root", () => {
  it.prop("is right to the last digits at every size", [Schema.Finite], ([value]) => {
    for (const scale of scales) {
      const number = positive(value, scale)
      const root = cubeRoot(number)
      assert.closeTo((root * root * root) / number, 1, 1e-14)
    }
  })

  it("is exact for cubes", () => {
    for (const root of [0, 1, 2, 3, 10, 0.5, 0.25]) assert.strictEqual(cubeRoot(root * root * root), root)
  })
})

describe("the logarithm", () => {
  it.prop("undoes powers of four", [Schema.Int], ([power]) => {
    const whole = power % 500
    assert.strictEqual(log4(4 ** whole), whole)
  })

  it.prop("is that of the platform but for its last digits", [Schema.Finite], ([value]) => {
    for (const scale of scales) {
      const number = positive(value, scale)
      assert.closeTo(log4(number), Math.log(number) / Math.log(4), 1e-12)
    }
  })

  it.prop("makes sums of products", [Schema.Finite, Schema.Finite], ([one, other]) => {
    const [a, b] = [positive(one, 1), positive(other, 1)]
    assert.closeTo(log4(a * b), log4(a) + log4(b), 1e-13)
  })
})
