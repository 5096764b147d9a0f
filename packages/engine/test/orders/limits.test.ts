/** How much one race can have: whoever has it all is refused more, and can still do everything else. */
import type { Order } from "@galaxy/contract/engine/Order"
import { maxClasses, maxGroups, maxSciences } from "@galaxy/engine/rules/limits"
import type { Galaxy, Race } from "@galaxy/engine/state/Galaxy"
import { assert, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { classOf, galaxyOf, groupOf, levels, raceName } from "../support/games.ts"

const guard = classOf("Guard", "15 1 15 15 10")
const many = <A>(length: number, one: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length }, (_, it) => one(it))

const groups = many(maxGroups, (index) => groupOf(guard, { number: index + 1, ships: 10, load: 1, goods: "capital" }))
const classes = [guard, ...many(maxClasses - 1, (index) => classOf(`Class_${index}`, "1 0 0 0 0"))]
const sciences = many(maxSciences, (index) => ({ name: `Science_${index}`, ...levels(1, 0) }))

const withRaces = (...races: ReadonlyArray<Partial<Race>>): Galaxy => galaxyOf([{}, { owner: 1, x: 5 }], {}, races)

const assertTooMany = (galaxy: Galaxy, order: Order): void => {
  const { draft, verdicts } = carryOut(galaxy, 0, [order])
  assert.strictEqual(verdicts[0]?.code, "too_many", JSON.stringify(order))
  assert.strictEqual(draft.events.length, 0)
  assert.strictEqual(draft.planets[0]?.spent, 0)
  for (const [index, race] of galaxy.races.entries()) {
    const after = draft.races[index]
    assert.deepStrictEqual(
      [after?.designs.size, after?.sciences.size, after?.groups.size],
      [race.classes.length, race.sciences.length, race.groups.length]
    )
  }
}

const assertDone = (galaxy: Galaxy, order: Order): void =>
  assert.deepStrictEqual(
    carryOut(galaxy, 0, [order]).verdicts,
    [{ position: 0, accepted: true }],
    JSON.stringify(order)
  )

it("a race with all the classes designs no more, but gives them other names", () => {
  const galaxy = withRaces({ classes })
  const numbers = { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
  assertTooMany(galaxy, { op: "design_class", name: "New", ...numbers })
  assertDone(galaxy, { op: "rename_class", class: "Guard", name: "New" })
  assertDone(withRaces({ classes: classes.slice(1) }), { op: "design_class", name: "New", ...numbers })
})

it("a race with all the sciences makes no more", () => {
  const order: Order = { op: "create_science", name: "New", drive: 1, weapons: 0, shields: 0, cargo: 0 }
  assertTooMany(withRaces({ sciences }), order)
  assertDone(withRaces({ sciences: sciences.slice(1) }), order)
})

it("a race with all the groups splits none, also where its points pay for some ships only", () => {
  const galaxy = withRaces({ classes: [guard], groups, techs: levels(2) })
  const splitting: ReadonlyArray<Order> = [
    { op: "break_group", group: 1, ships: 1 },
    { op: "join_fleet", group: 1, fleet: "New", ships: 1 },
    { op: "send", group: 1, planet: 2, ships: 1 },
    { op: "load", group: 1, goods: "CAP", ships: 1 },
    { op: "unload", group: 1, ships: 1 },
    { op: "upgrade", group: 1, block: "DRIVE", ships: 1 },
    { op: "upgrade", group: 1 }
  ]
  for (const order of splitting) assertTooMany(galaxy, order)
  assertDone(galaxy, { op: "upgrade", group: 1, block: "DRIVE" })
  assertDone(galaxy, { op: "send", group: 1, planet: 2, ships: 10 })
  assertDone(galaxy, { op: "dismantle", group: 1 })
})

it("a receiver with all the groups or all the classes is given no ships", () => {
  const giver = { classes: [guard], groups: groups.slice(0, 1) }
  const give: Order = { op: "give", group: 1, race: raceName(1) }
  assertTooMany(withRaces(giver, { classes: [guard], groups }), give)
  assertTooMany(
    withRaces(giver, { classes: many(maxClasses, (index) => classOf(`Class_${index}`, "1 0 0 0 0")) }),
    give
  )
  assertDone(withRaces(giver, { classes }), give)
})
