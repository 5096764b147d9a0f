import { decode, encode } from "@galaxy/contract/fbs/codec"
import { type Order, OrdersAnswer } from "@galaxy/contract/engine/Order"
import { Report } from "@galaxy/contract/engine/Report"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { forecast } from "@galaxy/engine/orders/forecast"
import { toHundredths } from "@galaxy/engine/report/rounding"
import { reportsOf } from "@galaxy/engine/report/reports"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, gameOf, nothing, ordersOf, raceName } from "../support/games.ts"

describe("a number in a report", () => {
  it("is rounded half up to two decimals", () => {
    for (const [value, shown] of [
      [0.005, 0.01],
      [1.005, 1.01],
      [2.675, 2.68],
      [0.285, 0.29],
      [0.004_999, 0],
      [196.078_431, 196.08],
      [1234.565, 1234.57],
      [0, 0]
    ] as const) {
      assert.strictEqual(toHundredths(value), shown)
    }
  })

  it.prop("that was written as hundredths is shown as it was", [Schema.Int], ([number]) => {
    const written = (Math.abs(number) % 1_000_000_000) / 100
    assert.strictEqual(toHundredths(written), written)
  })
})

describe("a report", () => {
  const galaxy = gameOf(3, "report")
  const own = galaxy.planets.filter((planet) => planet.owner === 0)

  it("shows own planets whole and of the others nothing but where they are", () => {
    const report = reportsOf(galaxy, [])[0]!
    assert.deepStrictEqual(
      report.my_planets.map((planet) => planet.number),
      own.map((planet) => planet.number)
    )
    const [first] = report.my_planets
    assert.deepInclude(first, {
      production: "CAP",
      free_points: own[0]!.population,
      population: own[0]!.population,
      resources: 10
    })
    assert.strictEqual(report.unknown_planets.length, 27)
    for (const planet of report.unknown_planets) assert.deepStrictEqual(Object.keys(planet), ["number", "x", "y"])
  })

  it("holds nothing of what only others may know", () => {
    const hidden = {
      ...galaxy,
      seed: "hidden",
      races: galaxy.races.map((race, index) => (index === 0 ? race : { ...race, peace_with: [0], quitting: true })),
      planets: galaxy.planets.map((planet) =>
        planet.owner === 0
          ? planet
          : { ...planet, name: `Hidden${planet.number}`, materials: 5, resources: 7, size: planet.size + 1, capital: 3 }
      )
    }
    assert.deepStrictEqual(reportsOf(hidden, [])[0], reportsOf(galaxy, [])[0])
  })

  it("tells summary, votes and status of everybody", () => {
    const orders = ordersOf({ 0: [{ op: "vote", race: raceName(1) }], 1: [{ op: "vote", race: raceName(0) }] })
    const { galaxy: after, reports } = makeTurn({ ...galaxy, turn: 9 }, orders)
    const [mine, theirs] = reports
    assert.deepStrictEqual(mine!.summary, { turn: 10, size: 78, planets: 30, players: 3 })
    assert.deepStrictEqual(mine!.votes, {
      voting_for: raceName(1),
      own: 2,
      races: [
        { race: raceName(0), own: 2, voting_for: raceName(1), received: 2 },
        { race: raceName(1), own: 2, voting_for: raceName(0), received: 2 },
        { race: raceName(2), own: 2, voting_for: raceName(2), received: 2 }
      ],
      alliances: [{ members: [raceName(0), raceName(1)], votes: 4 }],
      total: 6,
      needed: 4
    })
    assert.isTrue(after.finished)
    assert.deepStrictEqual([mine!.finished, mine!.winners], [true, [raceName(0), raceName(1)]])
    assert.deepStrictEqual(
      mine!.players.map((it) => it.relation),
      [undefined, "war", "war"]
    )
    assert.deepStrictEqual(theirs!.players[1], {
      name: raceName(1),
      drive: 1,
      weapons: 1,
      shields: 1,
      cargo: 1,
      population: 2000,
      industry: 2000,
      planets: 3,
      votes_received: 2,
      extinct: false
    })
  })

  it("shows a race its own attitude to others, never theirs", () => {
    const { reports } = makeTurn(galaxy, ordersOf({ 0: [{ op: "peace", race: raceName(1) }] }))
    assert.strictEqual(reports[0]!.players[1]!.relation, "peace")
    assert.strictEqual(reports[1]!.players[0]!.relation, "war")
  })

  it("lists the race's own orders as they fared, and nobody else's", () => {
    const { reports } = makeTurn(
      galaxy,
      ordersOf({
        0: [
          { op: "produce", planet: own[0]!.number, product: "mat" },
          { op: "produce", planet: 999, product: "CAP" }
        ],
        1: [{ op: "vote", race: raceName(0) }]
      })
    )
    assert.deepStrictEqual(
      reports[0]!.orders.map(({ position, accepted, code, order }) => [position, accepted, code, order.op]),
      [
        [0, true, undefined, "produce"],
        [1, false, "unknown_planet", "produce"]
      ]
    )
    assert.strictEqual(reports[0]!.my_planets[0]!.production, "MAT")
    assert.strictEqual(reports[2]!.orders.length, 0)
  })

  it("shows half-hundredths up, and free points of the turn to come", () => {
    const { reports } = makeTurn(
      galaxyOf([{ population: 99.995, industry: 10, size: 100, production: { kind: "materials" } }, { owner: 1 }]),
      nothing
    )
    const [planet] = reports[0]!.my_planets
    assert.strictEqual(planet!.population, 100)
    assert.strictEqual(planet!.free_points, 32.5)
  })

  it("is the same after a journey through FlatBuffers", () => {
    const orders = ordersOf({
      0: [
        { op: "rename_planet", planet: own[0]!.number, name: "Erde_ß" },
        { op: "produce", planet: 999, product: "CAP" },
        { op: "quit", race: raceName(0) }
      ]
    })
    for (const report of makeTurn(galaxy, orders).reports) {
      const json = Schema.encodeSync(Report)(report)
      const there = encode(tables, "galaxy.game.Report", json)
      assert.deepStrictEqual(decode(tables, "galaxy.game.Report", there), json)
      assert.deepStrictEqual(Schema.decodeUnknownSync(Report)(decode(tables, "galaxy.game.Report", there)), report)
    }
  })
})

describe("orders", () => {
  it("are the same after a journey through FlatBuffers, with what they don't say left unsaid", () => {
    const orders: ReadonlyArray<Order> = [
      { op: "produce", planet: 0, product: "" },
      { op: "rename_planet", planet: 7, name: "Šumava" },
      { op: "quit" }
    ]
    const verdicts = forecast(gameOf(2), 0, orders)
    const answer = Schema.encodeSync(OrdersAnswer)({ race: raceName(0), turn: 0, orders, verdicts })
    const there = encode(tables, "galaxy.games.OrdersAnswer", answer)
    assert.deepStrictEqual(decode(tables, "galaxy.games.OrdersAnswer", there), answer)
    assert.deepStrictEqual(answer.orders[2], { op: "quit" })
  })
})
