/** Orders that are repeated and change nothing more look at the race's groups no more either. */
import type { Order } from "@galaxy/contract/engine/Order"
import { executeAll } from "@galaxy/engine/orders/execute"
import { draftOf, type DraftGroup, raceOf } from "@galaxy/engine/state/Draft"
import type { Group } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, levels } from "../support/games.ts"

const Tug = classOf("Tug", "8 0 0 2 10")
const J: Order = { op: "merge_groups" }

/** Groups by number, counting how often somebody looks at all of them. */
class Counted extends Map<number, DraftGroup> {
  looks = 0
  override values() {
    this.looks += 1
    return super.values()
  }
}

const carriedOut = (groups: ReadonlyArray<Group>, orders: ReadonlyArray<Order>) => {
  const draft = draftOf(galaxyOf([{ capital: 1000 }, { x: 1 }], {}, [{ classes: [Tug], groups }]))
  const race = raceOf(draft, 0)
  const counted = new Counted(race.groups)
  const verdicts = executeAll(draft, Object.assign(race, { groups: counted }), orders)
  assert.isTrue(verdicts.every((it) => it.accepted))
  return { looks: counted.looks, groups: [...counted.keys()] }
}

const repeated = (order: Order, times: number): ReadonlyArray<Order> => Array.from({ length: times }, () => order)

describe("merging groups", () => {
  const distinct = Array.from({ length: 200 }, (_, at) =>
    groupOf(Tug, { number: at + 1, techs: levels(1 + at / 100), ships: 5 })
  )

  it("that are all distinct looks at them once, however often it is ordered", () => {
    const once = carriedOut(distinct, [J])
    assert.deepStrictEqual(carriedOut(distinct, repeated(J, 1000)), once)
    assert.strictEqual(once.looks, 1)
  })

  it("goes on until nothing is left to merge, and begins again when an order changed a group", () => {
    const split: Order = { op: "break_group", group: 1, ships: 1 }
    const alike = [...distinct, groupOf(Tug, { number: 201, techs: levels(1), ships: 1 })]
    assert.notInclude(carriedOut(alike, [J]).groups, 201)
    const { looks, groups } = carriedOut(alike, [J, J, J, split, J, J, J])
    assert.deepStrictEqual([looks, groups.length], [4, 200])
  })

  it("sees what any order changes", () => {
    const two = [groupOf(Tug, { number: 1, ships: 2 }), groupOf(Tug, { number: 2, goods: "capital", load: 1 })]
    const changes: ReadonlyArray<readonly [change: ReadonlyArray<Order>, groups: number]> = [
      [[{ op: "unload", group: 2 }], 1],
      [[{ op: "load", group: 1, goods: "CAP", amount: 2 }], 1],
      [[{ op: "send", group: 1, planet: 2 }, { op: "unload", group: 2 }, J, { op: "send", group: 2, planet: 2 }], 1],
      [
        [
          { op: "join_fleet", group: 1, fleet: "F" },
          { op: "unload", group: 2 },
          J,
          { op: "join_fleet", group: 2, fleet: "F" }
        ],
        1
      ],
      [[{ op: "dismantle", group: 2 }], 1]
    ]
    for (const [change, left] of changes) {
      assert.lengthOf(carriedOut(two, [J, J, ...change, J]).groups, left, JSON.stringify(change))
    }
  })
})

it("joining and merging fleets finds each by its name, without looking at all groups for each order", () => {
  const groups = Array.from({ length: 200 }, (_, at) => groupOf(Tug, { number: at + 1, fleet: `F${at}` }))
  const { looks } = carriedOut(groups, [
    ...groups.slice(0, 100).map(({ number }): Order => ({ op: "join_fleet", group: number, fleet: `New${number}` })),
    ...groups.slice(100, 199).map(({ fleet }): Order => ({ op: "merge_fleets", fleet: fleet ?? "", into: "F199" })),
    ...repeated({ op: "send", fleet: "f199", planet: 2 }, 100)
  ])
  assert.strictEqual(looks, 1)
})
