import { Assignment } from "@galaxy/host-node/processes/cluster/Assignment"
import { assert, describe, it } from "vitest"

const all = () => true
const networks = (count: number) =>
  Array.from({ length: count }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`)

describe("which process gets a connection", () => {
  it("is the same for a network, and evenly spread over networks", () => {
    for (const count of [2, 3, 8]) {
      const assignment = new Assignment(count, 12_345)
      const sizes = Array.from({ length: count }, () => 0)
      for (const network of networks(2_000)) {
        const index = assignment.of(network, all) ?? -1
        assert.strictEqual(assignment.of(network, all), index)
        sizes[index] = (sizes[index] ?? 0) + 1
      }
      // Six standard deviations.
      const slack = 6 * Math.sqrt((2_000 / count) * (1 - 1 / count))
      for (const size of sizes) assert.approximately(size, 2_000 / count, slack)
    }
  })

  it("can't be known from outside: it is another one with another seed", () => {
    const [one, other] = [new Assignment(2, 1), new Assignment(2, 2)]
    const moved = networks(1_000).filter((it) => one.of(it, all) !== other.of(it, all)).length
    assert.approximately(moved, 500, 100)
  })

  it("is another one only while its own doesn't serve", () => {
    const assignment = new Assignment(3, 7)
    for (const network of networks(300)) {
      const usual = assignment.of(network, all) ?? -1
      const instead = assignment.of(network, (index) => index !== usual)
      assert.isDefined(instead)
      assert.notStrictEqual(instead, usual)
      assert.strictEqual(assignment.of(network, all), usual)
    }
    assert.isUndefined(assignment.of("10.0.0.1", () => false))
  })

  it("takes turns for those who carry many clients", () => {
    const assignment = new Assignment(3)
    const turns = Array.from({ length: 6 }, () => assignment.of(undefined, all))
    assert.deepStrictEqual(turns, [0, 1, 2, 0, 1, 2])
    assert.deepStrictEqual(
      Array.from({ length: 3 }, () => assignment.of(undefined, (index) => index !== 1)),
      [0, 2, 2]
    )
  })
})
