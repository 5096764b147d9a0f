/** Gifts can't sabotage: they take no name, number or room that the receiver's own orders of the turn count on. */
import type { Order } from "@galaxy/contract/engine/Order"
import { plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { Galaxy, Race } from "@galaxy/engine/state/Galaxy"
import { problemOf } from "@galaxy/engine/state/consistency"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, ordersOf } from "../support/games.ts"

const Drone = classOf("Drone", "1 0 0 0 0")
const seeds = Array.from({ length: 40 }, (_, it) => `gifts ${it}`)

/** Anne has drones at her planet 1, Bob planet 2, Cleo planet 3. */
const start = (seed: string, races: ReadonlyArray<Partial<Race>> = [], ships = 1000): Galaxy =>
  galaxyOf([{}, { owner: 1, x: 40 }, { owner: 2, x: 80 }], { seed, size: 200 }, [
    { name: "Anne", classes: [Drone], groups: [groupOf(Drone, { ships })], ...races[0] },
    { name: "Bob", ...races[1] },
    { name: "Cleo", ...races[2] }
  ])

const played = (
  galaxy: Galaxy,
  orders: Readonly<Record<number, ReadonlyArray<Order>>>,
  change: Partial<Ruleset> = {}
) => {
  const { galaxy: after, log } = nextGalaxy(galaxy, ordersOf(orders), { ...plus, ...change })
  assert.isUndefined(problemOf(after))
  const of = (race: number) => after.races[race] ?? assert.fail()
  return {
    after,
    bob: of(1),
    anne: of(0),
    codes: (race: number) =>
      log.flatMap((it) => (it.kind === "order" && it.race === race ? [it.outcome.code ?? "done"] : [])),
    messages: log.flatMap((it) => (it.kind === "order" ? (it.outcome.message ?? []) : []))
  }
}

const design = (name: string, numbers: string): Order => {
  const { name: _, ...parts } = classOf(name, numbers)
  return { op: "design_class", name, ...parts }
}

const give: Order = { op: "give", group: 1, race: "Bob", ships: 1 }

describe("a gift of a class whose name the receiver designs in the same turn", () => {
  const sabotage: ReadonlyArray<Order> = [{ op: "rename_class", class: "Drone", name: "Hauler" }, give]
  const own: ReadonlyArray<Order> = [design("Hauler", "8 0 0 2 10"), { op: "produce", planet: 2, product: "Hauler" }]

  it.each(seeds)("leaves it its design, whoever comes first (%s)", (seed) => {
    const { bob, codes } = played(start(seed), { 0: sabotage, 1: own })
    assert.deepStrictEqual(
      [codes(0), codes(1)],
      [
        ["done", "done"],
        ["done", "done"]
      ]
    )
    assert.deepStrictEqual(
      bob.classes.map((it) => [it.name, it.drive, it.cargo]),
      [
        ["Hauler", 8, 10],
        ["Hauler_Anne", 1, 0]
      ]
    )
    assert.deepStrictEqual(
      bob.groups.map((it) => [it.number, it.class, it.ships, it.at]),
      [
        [1, "Hauler_Anne", 1, 1],
        [2, "Hauler", 4, 2]
      ]
    )
  })
})

describe("a given class is stored", () => {
  const names = (bob: Partial<Race>, orders: ReadonlyArray<Order> = [give], anne: Partial<Race> = {}) =>
    played(start("names", [anne, bob]), { 0: orders }).bob.classes.map((it) => it.name)

  it("under its name where that is free, or is the same class", () => {
    assert.deepStrictEqual(names({}), ["Drone"])
    assert.deepStrictEqual(names({ classes: [{ ...Drone, name: "DRONE" }] }), ["DRONE"])
  })
  it("with its giver's name where the name is taken, once for the same class", () => {
    const other = classOf("Drone", "2 0 0 0 0")
    assert.deepStrictEqual(names({ classes: [other] }), ["Drone", "Drone_Anne"])
    assert.deepStrictEqual(names({ classes: [other] }, [give, give, give]), ["Drone", "Drone_Anne"])
    assert.deepStrictEqual(names({ classes: [other, { ...Drone, name: "Drone_Anne" }] }), ["Drone", "Drone_Anne"])
  })
  it("with a number where that is taken too, and never longer than a name may be", () => {
    const long = "N".repeat(20)
    const other = (name: string) => classOf(name, "2 0 0 0 0")
    assert.deepStrictEqual(names({ classes: [other("Drone"), other("Drone_Anne")] }), [
      "Drone",
      "Drone_Anne",
      "Drone_Anne_2"
    ])
    const renamed: ReadonlyArray<Order> = [{ op: "rename_class", class: "Drone", name: long }, give]
    assert.deepStrictEqual(names({ classes: [other(long)] }, renamed), [long, `${"N".repeat(18)}_2`])
  })
  it("under a name that is allowed, whatever the giver is called", () => {
    const other = classOf("Drone", "2 0 0 0 0")
    for (const name of ["Research", "A.B", "Ω", "Анна"]) {
      const [, given = ""] = names({ classes: [other] }, [give], { name })
      assert.match(given, /^(Drone_Анна|Drone_.*_2|Gift_2)$/u)
      assert.notMatch(given, /research/i)
    }
  })
  it("under another name where it looks like one of the receiver's", () => {
    const cyrillic = { ...Drone, name: "Drоne" }
    const bob = { classes: [classOf("Drone", "2 0 0 0 0")] }
    assert.deepStrictEqual(names(bob, [give], { classes: [cyrillic], groups: [groupOf(cyrillic)] }), [
      "Drone",
      "Drоne_Anne"
    ])
  })
})

it("a gift takes no group number that the receiver's orders count on", () => {
  const own = { classes: [Drone], groups: [groupOf(Drone, { at: 2, ships: 5 })] }
  for (const seed of seeds) {
    const { bob, codes } = played(start(seed, [{}, own]), {
      0: [give, give],
      1: [
        { op: "break_group", group: 1, ships: 2 },
        { op: "send", group: 2, planet: 1 }
      ]
    })
    assert.deepStrictEqual(codes(1), ["done", "done"])
    assert.include(
      bob.groups.map((it) => `${it.number}: ${it.ships} to ${it.to}`),
      "2: 2 to 1"
    )
  }
})

describe("what a race is given in a turn is bounded", () => {
  const again = Array.from(
    { length: 500 },
    (_, at): ReadonlyArray<Order> => [
      { op: "rename_class", class: at === 0 ? "Drone" : `New_${at - 1}`, name: `New_${at}` },
      give
    ]
  ).flat()

  it.each(seeds.slice(0, 10))("to 20 new classes (%s)", (seed) => {
    const { bob, codes, messages, anne } = played(start(seed), { 0: again })
    assert.lengthOf(bob.classes, 20)
    assert.strictEqual(codes(0).filter((it) => it === "too_many_gifts").length, 480)
    assert.include(messages, "Bob can be given at most 20 new ship classes in a turn")
    assert.strictEqual(anne.groups[0]?.ships, 980)
  })
  it.each(seeds.slice(0, 10))("to 50 groups, whoever gives them (%s)", (seed) => {
    const many = Array.from({ length: 40 }, () => give)
    const cleo = { classes: [Drone], groups: [groupOf(Drone, { ships: 100 })] }
    const { bob, codes, messages } = played(start(seed, [{}, {}, cleo]), { 0: many, 2: many })
    const all = [...codes(0), ...codes(2)]
    assert.strictEqual(all.filter((it) => it === "done").length, 50)
    assert.strictEqual(all.filter((it) => it === "too_many_gifts").length, 30)
    assert.include(messages, "Bob can be given at most 50 groups in a turn")
    assert.strictEqual(
      bob.groups.reduce((sum, it) => sum + it.ships, 0),
      50
    )
  })
  it("for each receiver, and again in the next turn", () => {
    const many = Array.from({ length: 60 }, () => give)
    const first = played(start("next"), { 0: [...many, { op: "give", group: 1, race: "Cleo", ships: 1 }] })
    assert.strictEqual(first.codes(0).at(-1), "done")
    const second = played(first.after, { 0: many })
    assert.strictEqual(second.codes(0).filter((it) => it === "done").length, 50)
  })
  it("by the ruleset: there may be no bound", () => {
    assert.lengthOf(played(start("free"), { 0: again }, { giftGroups: null, giftClasses: null }).bob.classes, 500)
  })
})
