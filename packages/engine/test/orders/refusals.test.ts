/** Every reason for which every order is refused, by its code; and none changes anything. */
import { type Order, orderCodes, type OrderCode } from "@galaxy/contract/engine/Order"
import { executeAll } from "@galaxy/engine/orders/execute"
import { maxClasses } from "@galaxy/engine/rules/limits"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { Draft } from "@galaxy/engine/state/Draft"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { classOf } from "../support/games.ts"
import { galaxy, gone, me, other } from "./fixture.ts"

type Case = readonly [Order, OrderCode, before?: ReadonlyArray<Order>, change?: Partial<Ruleset>]

const shape = { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const parts = { drive: 1, weapons: 0, shields: 0, cargo: 0 }

const launch: Order = { op: "send", group: 1, planet: 2 }
const raise: Order = { op: "upgrade", group: 10, block: "WEAPONS", ships: 1 }

const refusals: ReadonlyArray<Case> = [
  [{ op: "war", race: other }, "forced_peace", [], { forcedPeaceTurns: 5 }],
  [{ op: "break_group", group: 99, ships: 1 }, "unknown_group"],
  [{ op: "break_group", ships: 1 }, "unknown_group"],
  [{ op: "break_group", group: 4, ships: 1 }, "in_space"],
  [{ op: "break_group", group: 1, ships: -2 }, "bad_count"],
  [{ op: "design_class", ...shape }, "name_missing"],
  [{ op: "design_class", name: "x".repeat(21), ...shape }, "name_too_long"],
  [{ op: "design_class", name: "dRONE", ...shape }, "name_taken"],
  [{ op: "design_class", name: "Capital", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "Materials", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "MyResearcher", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "42", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "a:b", ...shape }, "name_chars"],
  [{ op: "design_class", name: "New", drive: 3, armament: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, drive: 0.5 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, shields: -1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: 1.5, weapons: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: -1, weapons: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, drive: 1e9 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: 1e9, weapons: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: 2 }, "guns_without_calibre"],
  [{ op: "design_class", name: "New", ...shape, weapons: 2 }, "guns_without_calibre"],
  [{ op: "design_class", name: "New", ...shape, drive: 0 }, "empty_design"],
  [{ op: "delete_class", class: "Nothing" }, "unknown_class"],
  [{ op: "delete_class" }, "unknown_class"],
  [{ op: "delete_class", class: "Drone" }, "in_use"],
  [{ op: "delete_class", class: "Cruiser" }, "in_use", [{ op: "dismantle", group: 10 }]],
  [{ op: "rename_class", class: "Nothing", name: "New" }, "unknown_class"],
  [{ op: "rename_class", class: "Drone" }, "name_missing"],
  [{ op: "rename_class", class: "Drone", name: "Hauler" }, "name_taken"],
  [{ op: "rename_class", class: "Drone", name: "Cargo" }, "name_reserved"],
  [{ op: "create_science", name: "mix", ...parts }, "name_taken"],
  [{ op: "create_science", name: "", ...parts }, "name_missing"],
  [{ op: "create_science", name: "New", drive: 1 }, "bad_proportions"],
  [{ op: "create_science", name: "New", ...parts, weapons: -1 }, "bad_proportions"],
  [{ op: "create_science", name: "New", ...parts, drive: 0 }, "bad_proportions"],
  [{ op: "create_science", name: "New", ...parts, drive: 1e300 }, "bad_proportions"],
  [{ op: "delete_science", science: "Nothing" }, "unknown_science"],
  [{ op: "delete_science", science: "Mix" }, "in_use"],
  [{ op: "join_fleet", group: 99, fleet: "Home" }, "unknown_group"],
  [{ op: "join_fleet", group: 4, fleet: "Home" }, "in_space"],
  [{ op: "join_fleet", group: 1, fleet: "Away" }, "wrong_place"],
  [{ op: "join_fleet", group: 1, fleet: "Gone" }, "in_space"],
  [{ op: "join_fleet", group: 1, fleet: "12" }, "name_reserved"],
  [{ op: "join_fleet", group: 1 }, "name_missing"],
  [{ op: "join_fleet", group: 1, fleet: "Home" }, "launched", [launch]],
  [{ op: "merge_fleets", fleet: "Nothing", into: "Home" }, "unknown_fleet"],
  [{ op: "merge_fleets", fleet: "Home", into: "Nothing" }, "unknown_fleet"],
  [{ op: "merge_fleets", fleet: "Home", into: "Away" }, "wrong_place"],
  [{ op: "merge_fleets", fleet: "Gone", into: "Home" }, "in_space"],
  [{ op: "give", group: 99, race: other }, "unknown_group"],
  [{ op: "give", group: 1, race: "Zed" }, "unknown_race"],
  [{ op: "give", group: 1, race: me }, "unknown_race"],
  [{ op: "give", group: 1, race: gone }, "race_removed"],
  [{ op: "give", group: 10, race: other }, "too_many_gifts", [], { giftGroups: 0 }],
  [{ op: "give", group: 10, race: other }, "too_many_gifts", [], { giftClasses: 0 }],
  [{ op: "rename_planet", planet: 1, name: "САР" }, "name_confusable"],
  [{ op: "dismantle", group: 99 }, "unknown_group"],
  [{ op: "dismantle", group: 4 }, "in_space"],
  [{ op: "dismantle", group: 5 }, "foreign_planet"],
  [{ op: "dismantle", group: 12 }, "foreign_planet"],
  [{ op: "dismantle", group: 0 }, "upgrading", [raise]],
  [{ op: "load", group: 99, goods: "COL" }, "unknown_group"],
  [{ op: "load", group: 2, goods: "XXX" }, "unknown_cargo"],
  [{ op: "load", group: 2 }, "unknown_cargo"],
  [{ op: "load", group: 1, goods: "COL" }, "no_hold"],
  [{ op: "load", group: 4, goods: "COL" }, "in_space"],
  [{ op: "load", group: 2, goods: "COL" }, "launched", [{ op: "send", group: 2, planet: 2 }]],
  [{ op: "load", group: 3, goods: "COL" }, "other_cargo"],
  [{ op: "load", group: 13, goods: "MAT" }, "hold_full"],
  [{ op: "load", group: 14, goods: "CAP" }, "foreign_planet"],
  [{ op: "load", group: 15, goods: "CAP" }, "not_enough_stock"],
  [{ op: "load", group: 2, goods: "COL", amount: 30.5 }, "bad_amount"],
  [{ op: "load", group: 2, goods: "COL", amount: 0 }, "bad_amount"],
  [{ op: "load", group: 2, goods: "COL", amount: -1 }, "bad_amount"],
  [{ op: "unload", group: 99 }, "unknown_group"],
  [{ op: "unload", group: 2 }, "nothing_loaded"],
  [{ op: "unload", group: 5 }, "foreign_planet"],
  [{ op: "unload", group: 12 }, "foreign_planet"],
  [{ op: "unload", group: 3, amount: 10.5 }, "bad_amount"],
  [{ op: "unload", group: 3, amount: -1 }, "bad_amount"],
  [{ op: "unload", group: 4 }, "in_space"],
  [{ op: "produce", planet: 1, product: "SHIP Mix" }, "unknown_product"],
  [{ op: "produce", planet: 3, product: "Drone" }, "not_owner"],
  [{ op: "route", planet: 99, goods: "COL", to: 2 }, "unknown_planet"],
  [{ op: "route", planet: 1, goods: "COL", to: 99 }, "unknown_planet"],
  [{ op: "route", planet: 1, goods: "XXX", to: 2 }, "unknown_cargo"],
  [{ op: "route", planet: 3, goods: "COL", to: 2 }, "not_owner"],
  [{ op: "route", planet: 1, goods: "COL", to: 6 }, "out_of_range"],
  [{ op: "route", planet: 1, goods: "COL", to: 1 }, "wrong_place"],
  [{ op: "send", group: 99, planet: 2 }, "unknown_group"],
  [{ op: "send", planet: 2 }, "unknown_group"],
  [{ op: "send", fleet: "Nothing", planet: 2 }, "unknown_fleet"],
  [{ op: "send", group: 1, planet: 99 }, "unknown_planet"],
  [{ op: "send", group: 1 }, "unknown_planet"],
  [{ op: "send", group: 6, planet: 2 }, "no_drive"],
  [{ op: "send", group: 4, planet: 1 }, "in_space"],
  [{ op: "send", fleet: "Gone", planet: 1 }, "in_space"],
  [{ op: "send", group: 1, planet: 6 }, "out_of_range"],
  [{ op: "send", group: 0, planet: 2 }, "upgrading", [raise]],
  [{ op: "send", fleet: "Home", planet: 2 }, "no_drive", [{ op: "join_fleet", group: 6, fleet: "Home" }]],
  [{ op: "upgrade", group: 99, block: "ALL" }, "unknown_group"],
  [{ op: "upgrade", group: 4, block: "ALL" }, "in_space"],
  [{ op: "upgrade", group: 16, block: "ALL" }, "not_in_orbit"],
  [{ op: "upgrade", group: 10, block: "CARGO" }, "unknown_block"],
  [{ op: "upgrade", group: 10, block: "HULL" }, "unknown_block"],
  [{ op: "upgrade", group: 10, block: "SHIELDS" }, "nothing_to_upgrade"],
  [{ op: "upgrade", group: 10, block: "DRIVE", level: 1 }, "nothing_to_upgrade"],
  [{ op: "upgrade", group: 10, block: "DRIVE", level: 1.004 }, "nothing_to_upgrade"],
  // Eight ships take all of the planet's points.
  [{ op: "upgrade", group: 10, block: "ALL" }, "no_points", [{ op: "upgrade", group: 10, block: "ALL" }]],
  [{ op: "upgrade", group: 0, block: "DRIVE" }, "upgrading", [raise]],
  [{ op: "war" }, "unknown_race"],
  [{ op: "war", race: "Zed" }, "unknown_race"],
  [{ op: "war", race: gone }, "race_removed"],
  [{ op: "send", group: 1, planet: 2, fleet: "Home" }, "unknown_argument"],
  [{ op: "peace", race: "" }, "unknown_race"],
  [{ op: "peace", race: gone }, "race_removed"],
  [{ op: "vote" }, "unknown_race"],
  [{ op: "vote", race: gone }, "race_removed"],
  [{ op: "quit", race: other }, "not_owner"],
  [{ op: "quit", race: "" }, "unknown_race"],
  [{ op: "rename_planet", planet: 99, name: "New" }, "unknown_planet"],
  [{ op: "rename_planet", planet: 4, name: "New" }, "not_owner"],
  [{ op: "rename_planet", planet: 1, name: "Vega" }, "name_taken"],
  [{ op: "rename_planet", planet: 1, name: "a/b" }, "name_chars"],
  [{ op: "produce", planet: 99, product: "CAP" }, "unknown_planet"],
  [{ op: "produce", planet: 1, product: "Nothing" }, "unknown_product"],
  [{ op: "produce", planet: 1, product: "" }, "unknown_product"],
  [{ op: "produce", planet: 1 }, "unknown_product"],
  // A negative number of ships is none, whatever is to become of them.
  [{ op: "join_fleet", group: 1, fleet: "New", ships: -1 }, "bad_count"],
  [{ op: "give", group: 1, race: other, ships: -1 }, "bad_count"],
  [{ op: "dismantle", group: 1, ships: -1 }, "bad_count"],
  [{ op: "load", group: 2, goods: "COL", ships: -1 }, "bad_count"],
  [{ op: "unload", group: 3, ships: -1 }, "bad_count"],
  [{ op: "send", group: 1, planet: 2, ships: -1 }, "bad_count"],
  [{ op: "upgrade", group: 10, ships: -1 }, "bad_count"],
  // Names of every kind of thing are names.
  [{ op: "join_fleet", group: 1, fleet: "x".repeat(21) }, "name_too_long"],
  [{ op: "join_fleet", group: 1, fleet: "a!" }, "name_chars"],
  [{ op: "join_fleet", group: 1, fleet: "MAX" }, "name_reserved"],
  [{ op: "create_science", name: "x".repeat(21), ...parts }, "name_too_long"],
  [{ op: "create_science", name: "a!", ...parts }, "name_chars"],
  [{ op: "create_science", name: "Drive", ...parts }, "name_reserved"],
  [{ op: "rename_class", class: "Drone", name: "x".repeat(21) }, "name_too_long"],
  [{ op: "rename_class", class: "Drone", name: "a!" }, "name_chars"],
  [{ op: "rename_class", class: "Drone", name: "Research_1" }, "name_reserved"],
  [{ op: "rename_class", name: "New" }, "unknown_class"],
  [{ op: "delete_science" }, "unknown_science"],
  [{ op: "create_science", name: "New", ...parts, cargo: -0.001 }, "bad_proportions"],
  // An amount is the total of the ships that are named, not of the group.
  [{ op: "load", group: 2, goods: "COL", ships: 1, amount: 16 }, "bad_amount"],
  [{ op: "unload", group: 3, ships: 1, amount: 6 }, "bad_amount"],
  [{ op: "unload", group: 3, amount: 0 }, "bad_amount"],
  [{ op: "unload", group: 3, amount: 1e308 }, "bad_amount"],
  [{ op: "load", group: 2, goods: "EMP" }, "unknown_cargo"],
  [{ op: "load", group: 2, goods: "COL" }, "upgrading", [{ op: "upgrade", group: 2, block: "DRIVE" }]],
  [{ op: "merge_fleets", into: "Home" }, "unknown_fleet"],
  [{ op: "merge_fleets", fleet: "Home" }, "unknown_fleet"],
  [{ op: "merge_fleets", fleet: "Home", into: "Gone" }, "in_space"],
  [
    { op: "merge_fleets", fleet: "New", into: "Home" },
    "launched",
    [launch, { op: "join_fleet", group: 1, fleet: "New" }]
  ],
  [{ op: "give", group: 1 }, "unknown_race"],
  [{ op: "route", planet: 99, goods: "COL" }, "unknown_planet"],
  [{ op: "route", planet: 1 }, "unknown_cargo"],
  [{ op: "route", planet: 4, goods: "MAT", to: 1 }, "not_owner"],
  [{ op: "send", fleet: "Home", planet: 99 }, "unknown_planet"],
  [{ op: "send", fleet: "Home", planet: 6 }, "out_of_range"],
  [{ op: "send", fleet: "Home", planet: 2 }, "upgrading", [{ op: "upgrade", group: 7 }]],
  [{ op: "upgrade", group: 15, block: "DRIVE" }, "not_in_orbit"],
  [{ op: "upgrade", group: 1, block: "DRIVE" }, "launched", [launch]],
  [{ op: "upgrade", group: 10, block: "" }, "unknown_block"],
  ...(["drive", "armament", "weapons", "shields", "cargo"] as const).map((missing): Case => {
    const { [missing]: _, ...rest } = { ...shape, armament: 1, weapons: 1 }
    return [{ op: "design_class", name: "New", ...rest }, "bad_component"]
  })
]

/** All that an order could change, with the log. A race that gives one is there, even if it is refused. */
const all = (draft: Draft) => ({
  planets: structuredClone(draft.planets),
  events: [...draft.events],
  races: draft.races.map(({ designs, sciences, groups, ...race }) => ({
    ...race,
    idle_turns: 0,
    quitting: false,
    designs: structuredClone([...designs]),
    sciences: structuredClone([...sciences]),
    groups: structuredClone([...groups])
  }))
})

/** The code of an order's refusal, after others that are carried out. */
const refusedAs = ([order, , before = [], change = {}]: Case): string | undefined => {
  const { draft, verdicts } = carryOut(galaxy, 0, before, change)
  assert.isTrue(
    verdicts.every((it) => it.accepted),
    "it is refused too early"
  )
  const untouched = all(draft)
  const race = draft.races[0] ?? assert.fail("there is no race")
  const [verdict] = executeAll(draft, race, [order])
  assert.isFalse(verdict?.accepted)
  assert.isNotEmpty(verdict?.message)
  assert.deepStrictEqual(all(draft), untouched)
  return verdict?.code
}

/** Another race's ships that were launched before they were given. */
const inTransfer = (order: Order): string | undefined => {
  const { draft, verdicts } = carryOut(galaxy, 0, [launch, { op: "give", group: 1, race: other }])
  assert.isTrue(verdicts.every((it) => it.accepted))
  const receiver = draft.races[1] ?? assert.fail("there is no race")
  assert.deepInclude(receiver.groups.get(1), { state: "in_transfer", at: 1, to: 2, ships: 4 })
  const untouched = all(draft)
  const [verdict] = executeAll(draft, receiver, [order])
  assert.deepStrictEqual(all(draft), untouched)
  return verdict?.code
}

const full: Galaxy = {
  ...galaxy,
  races: galaxy.races.map((race) => ({
    ...race,
    classes: [
      ...race.classes,
      ...Array.from({ length: maxClasses - race.classes.length }, (_, it) => classOf(`Class_${it}`, "1 0 0 0 0"))
    ]
  }))
}
const oneMore = (): string | undefined =>
  carryOut(full, 0, [{ op: "design_class", name: "New", ...shape }]).verdicts[0]?.code

describe("a refused order changes nothing:", () => {
  for (const [index, refusal] of refusals.entries()) {
    const [order, code] = refusal
    it(`${index} ${JSON.stringify(order)}: ${code}`, () => assert.strictEqual(refusedAs(refusal), code))
  }

  it.each([
    { op: "send", group: 1, planet: 1 },
    { op: "send", group: 0, planet: 3 },
    { op: "dismantle", group: 1 },
    { op: "join_fleet", group: 1, fleet: "New" },
    { op: "upgrade", group: 1, block: "ALL" }
  ] satisfies ReadonlyArray<Order>)("%j over ships in transfer", (order) =>
    assert.strictEqual(inTransfer(order), "in_transfer")
  )

  it("of the newest group where there is none", () => {
    const { verdicts } = carryOut(galaxy, 1, [{ op: "send", group: 0, planet: 3 }])
    assert.strictEqual(verdicts[0]?.code, "unknown_group")
  })

  it("and every code there is can be heard", () => {
    const heard = new Set([...refusals.map(refusedAs), inTransfer({ op: "dismantle", group: 1 }), oneMore()])
    assert.deepStrictEqual(
      orderCodes.filter((code) => !heard.has(code)),
      []
    )
  })
})
