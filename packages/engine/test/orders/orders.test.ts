/** Orders about planets, attitudes and votes, and how a list of orders is judged. */
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { galaxyOf, raceName } from "../support/games.ts"

/** Planets 1 and 2 are race 0's, 3 is race 1's, 4 nobody's; race 2 has left. */
const galaxy: Galaxy = (() => {
  const made = galaxyOf([{}, {}, { owner: 1, name: "Vega" }, { owner: null, production: null }, { owner: 2 }])
  return {
    ...made,
    races: made.races.with(2, { ...made.races[2]!, removed: { turn: 1, reason: "idle" } }),
    planets: made.planets.with(4, { ...made.planets[4]!, owner: null, production: null })
  }
})()
const [me, other, gone] = [raceName(0), raceName(1), raceName(2)]

const judge = (order: Order): string | undefined => carryOut(galaxy, 0, [order]).verdicts[0]?.code
const after = (...orders: ReadonlyArray<Order>): Galaxy => {
  const done = carryOut(galaxy, 0, orders)
  assert.deepStrictEqual(
    done.verdicts.map((it) => it.accepted),
    orders.map(() => true)
  )
  return done.galaxy
}

describe("an order", () => {
  const refused: ReadonlyArray<readonly [Order, string]> = [
    [{ op: "produce", planet: 99, product: "CAP" }, "unknown_planet"],
    [{ op: "produce", planet: 0, product: "CAP" }, "unknown_planet"],
    [{ op: "produce", product: "CAP" }, "unknown_planet"],
    [{ op: "produce", planet: 3, product: "CAP" }, "not_owner"],
    [{ op: "produce", planet: 4, product: "CAP" }, "not_owner"],
    [{ op: "produce", planet: 1, product: "Zzz" }, "unknown_product"],
    [{ op: "produce", planet: 1, product: "constructor" }, "unknown_product"],
    [{ op: "produce", planet: 1 }, "unknown_product"],
    [{ op: "rename_planet", planet: 99, name: "Earth" }, "unknown_planet"],
    [{ op: "rename_planet", planet: 3, name: "Earth" }, "not_owner"],
    [{ op: "rename_planet", planet: 1 }, "name_missing"],
    [{ op: "rename_planet", planet: 1, name: "  " }, "name_missing"],
    [{ op: "rename_planet", planet: 1, name: "A".repeat(21) }, "name_too_long"],
    [{ op: "rename_planet", planet: 1, name: "Earth!" }, "name_chars"],
    [{ op: "rename_planet", planet: 1, name: "<b>" }, "name_chars"],
    [{ op: "rename_planet", planet: 1, name: "1234" }, "name_reserved"],
    [{ op: "rename_planet", planet: 1, name: "Cap" }, "name_reserved"],
    [{ op: "rename_planet", planet: 1, name: "vega" }, "name_taken"],
    [{ op: "peace" }, "unknown_race"],
    [{ op: "peace", race: "Zed" }, "unknown_race"],
    [{ op: "peace", race: gone }, "race_removed"],
    [{ op: "war", race: "Zed" }, "unknown_race"],
    [{ op: "war", race: gone }, "race_removed"],
    [{ op: "vote", race: "Zed" }, "unknown_race"],
    [{ op: "vote", race: gone }, "race_removed"],
    [{ op: "quit" }, "unknown_race"],
    [{ op: "quit", race: "Zed" }, "unknown_race"],
    [{ op: "quit", race: other }, "not_owner"]
  ]

  it.each(refused)("%j is refused as %s, with a sentence, and changes nothing", (order, code) => {
    const done = carryOut(galaxy, 0, [order])
    assert.strictEqual(done.verdicts[0]?.code, code)
    assert.isNotEmpty(done.verdicts[0]?.message)
    assert.deepStrictEqual(done.galaxy, galaxy)
  })

  it("sets what a planet makes, in any case", () => {
    assert.deepStrictEqual(after({ op: "produce", planet: 2, product: "mat" }).planets[1]?.production, {
      kind: "materials"
    })
    assert.deepStrictEqual(after({ op: "produce", planet: 2, product: "Drive" }).planets[1]?.production, {
      kind: "research",
      technology: "drive"
    })
    for (const product of ["CAP", "MAT", "DRIVE", "WEAPONS", "SHIELDS", "CARGO"]) {
      after({ op: "produce", planet: 1, product })
    }
  })

  it("renames a planet; spaces, commas and at signs become underscores", () => {
    assert.strictEqual(after({ op: "rename_planet", planet: 1, name: "New Earth" }).planets[0]?.name, "New_Earth")
    assert.strictEqual(after({ op: "rename_planet", planet: 1, name: "a@b,c" }).planets[0]?.name, "a_b_c")
    assert.strictEqual(after({ op: "rename_planet", planet: 1, name: "Москва-2" }).planets[0]?.name, "Москва-2")
  })

  it("may give a planet its own name in another case", () => {
    const renamed = after(
      { op: "rename_planet", planet: 1, name: "earth" },
      { op: "rename_planet", planet: 1, name: "EARTH" }
    )
    assert.strictEqual(renamed.planets[0]?.name, "EARTH")
  })

  it("can take a name that an earlier order gave up", () => {
    const first = after({ op: "rename_planet", planet: 1, name: "Earth" })
    const { verdicts } = carryOut(first, 0, [
      { op: "rename_planet", planet: 2, name: "Earth" },
      { op: "rename_planet", planet: 1, name: "Terra" },
      { op: "rename_planet", planet: 2, name: "Earth" }
    ])
    assert.deepStrictEqual(
      verdicts.map((it) => it.code ?? "accepted"),
      ["name_taken", "accepted", "accepted"]
    )
  })

  it("makes peace in one direction, and with everybody by one's own name", () => {
    const peaceful = after({ op: "peace", race: other.toLowerCase() })
    assert.deepStrictEqual(peaceful.races[0]?.peace_with, [1])
    assert.deepStrictEqual(peaceful.races[1]?.peace_with, [])
    // Whoever has left is nobody's friend or enemy.
    assert.deepStrictEqual(after({ op: "peace", race: me }).races[0]?.peace_with, [1])
    assert.deepStrictEqual(after({ op: "peace", race: me }, { op: "war", race: me }).races[0]?.peace_with, [])
    assert.deepStrictEqual(after({ op: "peace", race: other }, { op: "war", race: other }).races[0]?.peace_with, [])
  })

  it("gives votes to others or back to oneself", () => {
    assert.strictEqual(after({ op: "vote", race: other }).races[0]?.votes_for, 1)
    assert.strictEqual(after({ op: "vote", race: other }, { op: "vote", race: me }).races[0]?.votes_for, 0)
  })

  it("that quits leaves three turns, and doesn't put the end off when said again", () => {
    const left = after({ op: "quit", race: me }).races[0]!
    assert.deepStrictEqual([left.idle_turns, left.quitting], [7, true])
    const later = { ...galaxy, races: galaxy.races.with(0, { ...left, idle_turns: 8 }) }
    assert.strictEqual(carryOut(later, 0, [{ op: "quit", race: me }]).galaxy.races[0]?.idle_turns, 8)
  })

  it("after quitting takes it back, even when it is refused", () => {
    const back = after({ op: "quit", race: me }, { op: "vote", race: other }).races[0]!
    assert.deepStrictEqual([back.idle_turns, back.quitting], [0, false])
    const refusedLater = carryOut(galaxy, 0, [
      { op: "quit", race: me },
      { op: "vote", race: "Zed" }
    ])
    assert.isFalse(refusedLater.galaxy.races[0]?.quitting)
  })

  it("is judged at its place in the list", () => {
    assert.deepStrictEqual(
      carryOut(galaxy, 0, [
        { op: "produce", planet: 1, product: "CAP" },
        { op: "produce", planet: 3, product: "CAP" }
      ]).verdicts.map((it): OrderVerdict => ({ ...it, message: it.message === undefined ? "" : "some" })),
      [
        { position: 0, accepted: true, message: "" },
        { position: 1, accepted: false, code: "not_owner", message: "some" }
      ]
    )
  })

  it("is judged the same in every case of a code", () => {
    assert.strictEqual(judge({ op: "produce", planet: 99, product: "zzz" }), "unknown_planet")
  })
})
