/** Names that players give (rules, section 22), for every kind of thing that has one. */
import type { Order } from "@galaxy/contract/engine/Order"
import { acceptName } from "@galaxy/engine/orders/names"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { carryOut } from "../support/carryOut.ts"
import { classOf, galaxyOf, groupOf } from "../support/games.ts"

const drone = classOf("Drone", "1 0 0 0 0")
const galaxy = galaxyOf([{}, {}, { owner: 1, name: "Vega" }], {}, [
  { classes: [drone], groups: [groupOf(drone, { ships: 2 }), groupOf(drone, { number: 2 })] },
  {
    classes: [classOf("Cruiser", "2 0 0 0 0")],
    sciences: [{ name: "Mix", drive: 1, weapons: 0, shields: 0, cargo: 0 }],
    groups: [groupOf(classOf("Cruiser", "2 0 0 0 0"), { fleet: "Armada" })]
  }
])

const numbers = { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const naming: Readonly<Record<string, (name: string) => Order>> = {
  "a planet": (name) => ({ op: "rename_planet", planet: 1, name }),
  "a class": (name) => ({ op: "design_class", name, ...numbers }),
  "a class given anew": (name) => ({ op: "rename_class", class: "Drone", name }),
  "a science": (name) => ({ op: "create_science", name, drive: 1, weapons: 0, shields: 0, cargo: 0 }),
  "a fleet": (fleet) => ({ op: "join_fleet", group: 1, fleet })
}

const codes = (...orders: ReadonlyArray<Order>) => carryOut(galaxy, 0, orders).verdicts.map((it) => it.code ?? "done")

it("is found again as it was typed", () => {
  for (const typed of ["My Ship", " a,b ", "Стройкий", "ｗｉｄｅ"]) {
    assert.deepStrictEqual(
      codes(
        { op: "design_class", name: typed, ...numbers },
        { op: "produce", planet: 1, product: typed },
        { op: "produce", planet: 1, product: `SHIP ${typed}` },
        { op: "produce", planet: 1, product: "CAP" },
        { op: "rename_class", class: typed, name: "Other" },
        { op: "rename_class", class: "Other", name: typed },
        { op: "delete_class", class: typed },
        { op: "create_science", name: typed, drive: 1, weapons: 0, shields: 0, cargo: 0 },
        { op: "produce", planet: 1, product: typed },
        { op: "produce", planet: 1, product: "CAP" },
        { op: "delete_science", science: typed },
        { op: "join_fleet", group: 1, fleet: typed },
        { op: "send", fleet: typed, planet: 2 },
        { op: "send", fleet: typed, planet: 1 },
        { op: "join_fleet", group: 2, fleet: "Second" },
        { op: "merge_fleets", fleet: "Second", into: typed }
      ).filter((it) => it !== "done"),
      [],
      typed
    )
  }
})

describe.each(Object.entries(naming))("the name of %s", (_, called) => {
  it.each([
    ["", "name_missing"],
    [" \t ", "name_missing"],
    ["x".repeat(21), "name_too_long"],
    ["x".repeat(20), "done"],
    ["X", "done"],
    ["Alpha Centauri", "done"],
    ["a,b@c", "done"],
    ["R2-D2", "done"],
    ["a\u0000b", "name_chars"],
    ["<script>", "name_chars"],
    ["a.b", "name_chars"],
    ["a'b", "name_chars"],
    ["42", "name_reserved"],
    ["-1", "name_reserved"],
    ["___", "name_reserved"],
    ["4_2", "name_reserved"],
    ["CAP", "name_reserved"],
    ["capital", "name_reserved"],
    ["Materials", "name_reserved"],
    ["mat", "name_reserved"],
    ["weapons", "name_reserved"],
    ["Max", "name_reserved"],
    // As wide as the others, it is the same word.
    ["ＣＡＰ", "name_reserved"],
    ["__proto__", "done"],
    ["constructor", "done"]
  ])("%j: %s", (name, code) => assert.deepStrictEqual(codes(called(name)), [code]))

  it.each(["Te\u200Brra", "Te\u00ADrra", "Terra\u200D", "\u2060Terra", "\u200B", "Te\u3164rra", "Terra\uFE0F"])(
    "has no characters that show as nothing: %j",
    (name) => assert.deepStrictEqual(codes(called(name)), ["name_chars"])
  )

  it("doesn't look like a word of the game in another script", () => {
    assert.deepStrictEqual(codes(called("САР")), ["name_confusable"])
  })

  it("may be what another race calls its own, or something of another kind", () => {
    for (const name of ["Cruiser", "Mix", "Armada"]) assert.deepStrictEqual(codes(called(name)), ["done"])
    const all = ["a planet", "a class", "a science", "a fleet"].flatMap((it) => naming[it]?.("Omega") ?? [])
    assert.deepStrictEqual(codes(...all), ["done", "done", "done", "done"])
  })
})

/** A thing gets the name `Terra`, and then another one of its kind the given name. */
const second: Readonly<Record<string, (name: string) => ReadonlyArray<Order>>> = {
  planet: (name) => [
    { op: "rename_planet", planet: 1, name: "Terra" },
    { op: "rename_planet", planet: 2, name }
  ],
  class: (name) => [
    { op: "design_class", name: "Terra", ...numbers },
    { op: "design_class", name, ...numbers }
  ],
  "class given anew": (name) => [
    { op: "design_class", name: "Terra", ...numbers },
    { op: "rename_class", class: "Drone", name }
  ],
  science: (name) => [
    { op: "create_science", name: "Terra", drive: 1, weapons: 0, shields: 0, cargo: 0 },
    { op: "create_science", name, drive: 1, weapons: 0, shields: 0, cargo: 0 }
  ],
  fleet: (name) => [
    { op: "join_fleet", group: 1, fleet: "Terra" },
    { op: "join_fleet", group: 2, fleet: name }
  ]
}

describe.each(Object.entries(second))("a second %s", (_, named) => {
  it.each(["Terrа", "ТЕRRА", "Тerra", "Tеrrа"])(
    "doesn't look like the first, with letters of another script: %s",
    (name) => assert.deepStrictEqual(codes(...named(name)), ["done", "name_confusable"])
  )
  it.each(["Terra_2", "Терра", "Tera", "Terro", "Тень"])("may be called %s", (name) =>
    assert.deepStrictEqual(codes(...named(name)), ["done", "done"])
  )
})

it("a fleet's name is taken in any script as long as it has a group", () => {
  const groups = [1, 2, 3].map((number) => groupOf(drone, { number, ...(number < 3 ? { fleet: "Terra" } : {}) }))
  const fleets = galaxyOf([{}, {}], {}, [{ classes: [drone], groups }])
  const said = (...orders: ReadonlyArray<Order>) => carryOut(fleets, 0, orders).verdicts.map((it) => it.code ?? "done")
  const leave = (group: number): Order => ({ op: "break_group", group })
  const join: Order = { op: "join_fleet", group: 3, fleet: "Terrа" }
  assert.deepStrictEqual(said(join), ["name_confusable"])
  assert.deepStrictEqual(said(leave(1), join), ["done", "name_confusable"])
  assert.deepStrictEqual(said(leave(1), leave(2), join), ["done", "done", "done"])
  const back: Order = { op: "join_fleet", group: 1, fleet: "TERRA" }
  assert.deepStrictEqual(said(leave(1), leave(2), back, join), ["done", "done", "done", "name_confusable"])
})

it("names in one script are told apart by its readers, and a thing may take a look-alike of its own name", () => {
  const design = (name: string): Order => ({ op: "design_class", name, ...numbers })
  const names = ["Бар", "Вар", "Mill", "Mlll", "R1", "RI", "X_1_1", "X_11", "D6", "D8", "Barn", "Bam"]
  assert.deepStrictEqual(
    codes(...names.map(design)),
    names.map(() => "done")
  )
  assert.deepStrictEqual(
    codes(
      design("Terra"),
      { op: "rename_class", class: "Terra", name: "Terrа" },
      { op: "rename_class", class: "Terrа", name: "Terra" },
      { op: "rename_planet", planet: 3, name: "Terra" },
      { op: "rename_planet", planet: 1, name: "Vеga" }
    ),
    ["done", "done", "done", "not_owner", "done"]
  )
})

it("a name is taken in any case, and when spaces make it the same", () => {
  const named = ["a class", "a science"].flatMap((it) => {
    const called = naming[it] ?? assert.fail()
    return codes(called("New One"), called("NEW_ONE"))
  })
  assert.deepStrictEqual(named, ["done", "name_taken", "done", "name_taken"])
  assert.deepStrictEqual(codes({ op: "rename_planet", planet: 1, name: "VEGA" }), ["name_taken"])
  assert.deepStrictEqual(
    codes(
      { op: "rename_planet", planet: 1, name: "Sol" },
      { op: "rename_planet", planet: 2, name: "sol" },
      { op: "rename_planet", planet: 1, name: "SOL" }
    ),
    ["done", "name_taken", "done"]
  )
})

it("a fleet is the same in any case, as it was first spelled", () => {
  const { draft } = carryOut(galaxy, 0, [
    { op: "join_fleet", group: 1, fleet: "Home Fleet" },
    { op: "join_fleet", group: 2, fleet: "HOME_FLEET" }
  ])
  assert.deepStrictEqual(
    [...(draft.races[0]?.groups.values() ?? [])].map((it) => it.fleet),
    ["Home_Fleet", "Home_Fleet"]
  )
})

it("only classes may not speak of research", () => {
  const spoken = Object.values(naming).flatMap((called) => codes(called("My_Research_1")))
  assert.deepStrictEqual(spoken, ["done", "name_reserved", "name_reserved", "done", "done"])
})

describe("a name", () => {
  it.prop(
    "that is accepted is short, of allowed characters, and accepted again as it is",
    [Schema.String],
    ([text]) => {
      const first = acceptName(text, 20)
      if (Result.isFailure(first)) return
      assert.isAtMost(Array.from(first.success).length, 20)
      assert.match(first.success, /^[\p{L}\p{N}_-]+$/u)
      assert.deepStrictEqual(acceptName(first.success, 20), first)
    }
  )

  it("of twenty characters is not too long, whatever they are made of", () => {
    assert.isTrue(Result.isSuccess(acceptName("Щ".repeat(20), 20)))
  })
})
