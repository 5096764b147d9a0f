/** A whole turn worked out by hand, number by number: the example of the rules. */
import { attackOf, defenceOf, speedOf } from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import { plus } from "@galaxy/engine/rules/Ruleset"
import type { Galaxy, Group, Planet } from "@galaxy/engine/state/Galaxy"
import { makeTurn, nextGalaxy, type Turn } from "@galaxy/engine/turn/makeTurn"
import type { BattleEvent, ChangeEvent } from "@galaxy/engine/turn/TurnEvent"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, levels, nothing, ordersOf } from "../support/games.ts"

const Freighter = classOf("Freighter", "8 0 0 2 10")
const Cruiser = classOf("Cruiser", "15 1 15 15 0")
const Destroyer = classOf("Destroyer", "6 1 8 4 0")

const [home, colony, empty, other] = [1, 2, 3, 4]
const [A, B] = [0, 1]

const before: Galaxy = galaxyOf(
  [
    {
      name: "HA",
      x: 50,
      y: 50,
      colonists: 20,
      production: { kind: "ships", class: "Freighter", banked: 0 },
      routes: { colonists: empty }
    },
    { name: "K", x: 56, y: 50, size: 400, population: 100, industry: 60, resources: 2 },
    { name: "N", x: 50, y: 55, size: 300, resources: 1.5, owner: null, population: 0, industry: 0 },
    { name: "M", x: 62, y: 50, owner: B, production: { kind: "science", science: "Blend" } }
  ],
  { size: 90 },
  [
    {
      name: "Alphans",
      techs: levels(1.2, 1.1, 1, 1),
      classes: [Freighter, Cruiser],
      groups: [groupOf(Freighter, { number: 1, ships: 2, at: home }), groupOf(Cruiser, { number: 2, at: colony })]
    },
    {
      name: "Betans",
      techs: levels(1, 1.5, 1, 1),
      classes: [Destroyer],
      sciences: [{ name: "Blend", drive: 0.25, weapons: 0.25, shields: 0, cargo: 0.5 }],
      groups: [groupOf(Destroyer, { number: 1, ships: 3, at: other, techs: levels(1, 1.5, 1, 1) })]
    }
  ]
)

const decisions = ordersOf({ [B]: [{ op: "send", group: 1, planet: colony }] })

const battlesIn = (log: Turn["log"]): ReadonlyArray<BattleEvent> =>
  log.flatMap((it) => (it.kind === "battle" ? [it] : []))

/** The cruiser fires first and kills, a destroyer misses, another kills the cruiser. */
const isAsTold = (log: Turn["log"]): boolean => {
  const [battle] = battlesIn(log)
  return (
    JSON.stringify(battle?.protocol) ===
    JSON.stringify([
      [0, 1, 1, 1],
      [1, 0, 0, 1],
      [1, 0, 1, 1]
    ])
  )
}

const seedAsTold = (): string => {
  for (let number = 0; number < 500; number++) {
    const seed = `by hand ${number}`
    if (isAsTold(nextGalaxy({ ...before, seed }, decisions).log)) return seed
  }
  return assert.fail("no battle goes as it is told")
}

const turn: Turn = makeTurn({ ...before, seed: seedAsTold() }, decisions)
const { galaxy, log } = turn

const planet = (number: number): Planet => galaxy.planets[number - 1] ?? assert.fail(`no planet ${number}`)
const groups = (race: number): ReadonlyArray<Group> => galaxy.races[race]?.groups ?? []
const report = (race: number) => turn.reports[race] ?? assert.fail(`no report ${race}`)

const isClose = (actual: number | undefined, wanted: number, what: string): void =>
  assert.isTrue(
    actual !== undefined && Math.abs(actual - wanted) <= 0.00005,
    `${what} is ${actual} instead of ${wanted}`
  )

const changes = (of: Partial<ChangeEvent>): ReadonlyArray<ChangeEvent> =>
  log.flatMap((it) =>
    it.kind === "change" && Object.entries(of).every(([key, value]) => it[key as keyof ChangeEvent] === value)
      ? [it]
      : []
  )

/** A number of a planet from one cause: before and after. */
const step = (number: number, what: ChangeEvent["what"], cause: ChangeEvent["cause"]): readonly [number, number] => {
  const found = changes({ subject: "planet", number, what, cause })
  const first = found[0] ?? assert.fail(`${what} of planet ${number} doesn't change by ${cause}`)
  return [first.before, found.at(-1)?.after ?? Number.NaN]
}

describe("the turn by hand", () => {
  it("1: the destroyers may go, and are launched", () => {
    assert.deepStrictEqual(
      report(B).orders.map((it) => it.accepted),
      [true]
    )
  })

  it("2: nobody meets before the flight", () => {
    assert.deepStrictEqual(
      battlesIn(log).map((it) => it.when),
      ["after_flight"]
    )
  })

  it("3: each freighter takes ten colonists, and none is split off", () => {
    assert.deepStrictEqual(step(home, "colonists", "route"), [20, 0])
    assert.deepStrictEqual(
      changes({ race: A, subject: "group", what: "load", cause: "route" }).map((it) => [
        it.number,
        it.before,
        it.after
      ]),
      [
        [1, 0, 10],
        [1, 10, 0]
      ]
    )
    assert.isEmpty(changes({ cause: "split" }))
  })

  it("4: both flights arrive", () => {
    isClose(speedOf(plus, Freighter, levels(1), 30), 5.3333, "speed of a freighter")
    isClose(speedOf(plus, Destroyer, levels(1), 18), 6.6667, "speed of a destroyer")
    assert.isTrue(groups(A).some((it) => it.number === 1 && it.at === empty && it.to === null))
    assert.isTrue(groups(B).some((it) => it.number === 1 && it.at === colony && it.to === null))
  })

  it("5: the battle has these chances, and two destroyers outlast it", () => {
    const [gun, cruiserGun] = [attackOf(Destroyer, levels(1, 1.5)), attackOf(Cruiser, levels(1))]
    const [shield, destroyerShield] = [
      defenceOf(plus, Cruiser, levels(1), 45),
      defenceOf(plus, Destroyer, levels(1), 18)
    ]
    assert.deepStrictEqual([gun, cruiserGun], [12, 15])
    isClose(shield, 13.1037, "shield of the cruiser")
    isClose(destroyerShield, 4.7425, "shield of a destroyer")
    isClose(killChance(plus, gun, shield), 0.4683, "chance against the cruiser")
    isClose(killChance(plus, cruiserGun, destroyerShield), 0.9153, "chance against a destroyer")
    const battle = battlesIn(log)[0] ?? assert.fail("no battle")
    assert.strictEqual(battle.planet, colony)
    assert.deepStrictEqual(
      battle.groups.map((it) => [it.race, it.class, it.ships, it.left, it.fights]),
      [
        [A, "Cruiser", 1, 0, true],
        [B, "Destroyer", 3, 2, true]
      ]
    )
    assert.strictEqual(battle.shots, 3)
    assert.deepStrictEqual(
      groups(B).map((it) => it.ships),
      [2]
    )
  })

  it("6: the destroyers bomb", () => {
    const bombings = log.flatMap((it) => (it.kind === "bombing" ? [it] : []))
    assert.strictEqual(bombings.length, 1)
    const [bombing] = bombings
    isClose((bombing?.power ?? 0) / 2, 16.1569, "power of one")
    isClose(bombing?.power, 32.3138, "power")
    assert.isFalse(bombing?.wiped)
    isClose(step(colony, "population", "bombing")[1], 67.6862, "population")
    isClose(step(colony, "industry", "bombing")[1], 27.6862, "industry")
    isClose(step(colony, "materials", "bombing")[1], 32.3138, "materials")
  })

  it("7: the yard finishes four freighters with the techs of the race", () => {
    const built = groups(A).filter((it) => it.at === home)
    assert.deepStrictEqual(
      built.map(({ ships, techs }) => ({ ships, techs })),
      [{ ships: 4, techs: { drive: 1.2, weapons: 0, shields: 1, cargo: 1 } }]
    )
    const { production } = planet(home)
    isClose(production?.kind === "ships" ? production.banked : undefined, 192, "points banked")
  })

  it("8: capital is made of the debris, and the science is researched", () => {
    isClose(step(colony, "capital", "production")[1], 7.5372, "capital")
    isClose(step(colony, "materials", "production")[1], 24.7766, "materials")
    const techs = galaxy.races[B]?.techs
    isClose(techs?.drive, 1.05, "drive")
    isClose(techs?.weapons, 1.55, "weapons")
    isClose(techs?.shields, 1, "shields")
    isClose(techs?.cargo, 1.1, "cargo")
  })

  it("9: people multiply, or are frozen", () => {
    assert.deepStrictEqual(step(home, "colonists", "freezing"), [0, 10])
    isClose(step(colony, "population", "growth")[1], 73.101, "population")
    assert.deepStrictEqual(step(other, "colonists", "freezing"), [0, 10])
  })

  it("10: the colonists settle, and the freighters wait empty", () => {
    const { owner, population, industry, production } = planet(empty)
    assert.deepStrictEqual(
      { owner, population, industry, production },
      { owner: A, population: 160, industry: 0, production: { kind: "capital" } }
    )
    const freighters = groups(A).filter((it) => it.at === empty)
    assert.deepStrictEqual(
      freighters.map((it) => [it.ships, it.goods, it.load]),
      [[2, null, 0]]
    )
    const next = nextGalaxy(galaxy, nothing).galaxy.races[A]?.groups.filter((it) => it.number === 1)
    assert.deepStrictEqual(
      next?.map((it) => [it.ships, it.at, it.to]),
      [[2, empty, null]]
    )
  })

  it("11: capital becomes industry", () => {
    isClose(step(colony, "industry", "stock_to_industry")[1], 35.2234, "industry")
    assert.strictEqual(planet(colony).capital, 0)
  })

  it("12: nobody has votes enough", () => {
    const { votes } = report(A)
    assert.deepStrictEqual(
      votes.races.map((it) => [it.race, it.own, it.received]),
      [
        ["Alphans", 1.23, 1.23],
        ["Betans", 1, 1]
      ]
    )
    assert.deepStrictEqual([votes.total, votes.needed], [2.23, 1.49])
    assert.isFalse(galaxy.finished)
  })

  it("is reported so", () => {
    const told = report(A)
    const own = (number: number) => told.my_planets.find((it) => it.number === number)
    assert.deepInclude(own(home), { population: 1000, industry: 1000, colonists: 10, production: "Freighter" })
    assert.deepStrictEqual(
      told.yards.map((it) => [it.planet, it.class, it.price, it.banked]),
      [[home, "Freighter", 200, 192]]
    )
    assert.deepInclude(own(colony), {
      population: 73.1,
      industry: 35.22,
      materials: 24.78,
      capital: 0,
      free_points: 44.69
    })
    assert.deepInclude(own(empty), { population: 160, industry: 0 })
    assert.deepStrictEqual([told.battles.length, told.bombings.length], [1, 1])
    assert.deepStrictEqual(
      told.foreign_groups.map((it) => [it.race, it.ships, it.class, it.destination]),
      [["Betans", 2, "Destroyer", colony]]
    )
  })
})
