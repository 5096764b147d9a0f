import * as Random from "@galaxy/engine/random/Random"
import { along, distance } from "@galaxy/engine/space/distance"
import { Grid } from "@galaxy/engine/space/Grid"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

describe("a grid", () => {
  for (const map of ["torus", "flat"] as const) {
    it.prop(`finds on a ${map} map what going through everything finds`, [Schema.Int], ([seed]) => {
      const random = Random.make("grid", map, seed)
      const side = random.between(10, 300)
      const place = () => ({ x: random.between(0, side), y: random.between(0, side) })
      const items = Array.from({ length: random.below(200) }, place)
      const places = Array.from({ length: 1 + random.below(4) }, place)
      const radius = random.between(0, side)
      assert.deepStrictEqual(
        new Grid(map, side, items).within(places, radius),
        items.filter((item) => places.some((it) => distance(map, side, it, item) <= radius))
      )
    })
  }

  it("finds everything within no bound", () => {
    const items = [
      { x: 0, y: 0 },
      { x: 99, y: 99 }
    ]
    assert.deepStrictEqual(new Grid("torus", 100, items).within([{ x: 50, y: 50 }], Number.POSITIVE_INFINITY), items)
  })
})

describe("distances on the torus", () => {
  it.prop("are symmetric, and at most half of the diagonal", [Schema.Int], ([seed]) => {
    const random = Random.make("distance", seed)
    const side = random.between(1, 500)
    const place = () => ({ x: random.between(0, side), y: random.between(0, side) })
    const [one, other] = [place(), place()]
    const apart = distance("torus", side, one, other)
    assert.strictEqual(apart, distance("torus", side, other, one))
    assert.isAtMost(apart, side / Math.SQRT2 + 1e-9)
    // A place on the way splits it.
    const share = random.next()
    const between = along("torus", side, one, other, share)
    assert.closeTo(distance("torus", side, one, between), share * apart, 1e-9 * side)
    assert.closeTo(distance("torus", side, between, other), (1 - share) * apart, 1e-9 * side)
  })
})
