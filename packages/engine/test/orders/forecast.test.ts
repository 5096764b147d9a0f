/** A forecast tells nothing that its race can't see, whatever is asked and whatever is hidden. */
import { executeAll } from "@galaxy/engine/orders/execute"
import { forecast, viewOf } from "@galaxy/engine/orders/forecast"
import * as Random from "@galaxy/engine/random/Random"
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import { draftOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Planet, Race } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { chanceOrders } from "../support/chance.ts"
import { classOf, galaxyOf, gameOf, groupOf, ordersOf, raceName } from "../support/games.ts"

/** Planets where a race stands; what there is on them it sees. */
const visitedBy = (galaxy: Galaxy, race: number): ReadonlySet<number> =>
  new Set(galaxy.races[race]!.groups.flatMap((it) => (it.to === null ? [it.at] : [])))

/** The galaxy with another truth wherever the race can't look. */
const otherwise = (random: Random.Random, galaxy: Galaxy, me: number): Galaxy => {
  const visited = visitedBy(galaxy, me)
  const some = (most: number): number => random.between(0, most)
  const owners = galaxy.races.flatMap((it, index) => (index === me || it.removed !== null ? [] : [index]))
  const kept = (planet: Planet): Planet =>
    planet.owner === me
      ? planet
      : { ...planet, routes: { capital: 1 }, production: planet.owner === null ? null : { kind: "materials" } }
  const hidden = (planet: Planet): Planet => {
    const owner = random.below(2) === 0 ? null : (owners[random.below(owners.length)] ?? null)
    const people = owner === null ? 0 : some(500)
    return {
      ...planet,
      name: `Secret_${planet.number}`,
      size: people + some(1000),
      resources: some(20),
      owner,
      population: people,
      industry: people / 2,
      capital: some(50),
      materials: some(50),
      colonists: owner === null ? 0 : some(50),
      production: owner === null ? null : { kind: "capital" },
      routes: {}
    }
  }
  const secret = (race: Race, index: number): Race => {
    // A class of each name that the race itself uses, of another design.
    const classes = galaxy.races[me]!.classes.map((it) => ({ ...it, drive: it.drive + 1 + random.below(3) }))
    return {
      ...race,
      classes,
      sciences: [{ name: "Mix", drive: 1, weapons: 0, shields: 0, cargo: 0 }],
      groups: classes.map((it, position) => groupOf(it, { number: position + 1, ships: 1 + random.below(9) })),
      votes_for: random.below(galaxy.races.length),
      peace_with: random.below(2) === 0 ? [] : [me],
      idle_turns: random.below(8),
      quitting: random.below(2) === 0,
      initial_planets: index,
      max_population: some(9999)
    }
  }
  return {
    ...galaxy,
    seed: `another ${random.next()}`,
    races: galaxy.races.map((race, index) => (index === me ? race : secret(race, index))),
    planets: galaxy.planets.map((it) => (it.owner === me || visited.has(it.number) ? kept(it) : hidden(it)))
  }
}

/** Verdicts without what a vote would do: that depends on votes and populations, which all reports show. */
const withoutProspects = (verdicts: ReadonlyArray<OrderVerdict>): ReadonlyArray<OrderVerdict> =>
  verdicts.map((it) => (it.accepted ? { position: it.position, accepted: true } : it))

it("verdicts on any orders don't depend on what the race can't see", { timeout: 240_000 }, () => {
  let told = 0
  let differed = 0
  for (let seed = 0; seed < 6; seed++) {
    let galaxy = gameOf(3, `forecast ${seed}`)
    for (let turn = 0; turn < 12; turn++) {
      const lists = galaxy.races.map((_, race) =>
        chanceOrders(Random.make("forecast", seed, turn, race), galaxy, race, 12).filter((it) => it.op !== "quit")
      )
      const random = Random.make("hidden", seed, turn)
      for (const race of galaxy.races.keys()) {
        // Names that may be taken somewhere are the easiest way to ask.
        const names = galaxy.planets.slice(0, 5).map((it) => `Secret_${it.number}`)
        const orders = [
          ...chanceOrders(random, galaxy, race, 40),
          ...galaxy.planets.flatMap((it) =>
            it.owner === race ? names.map((name) => ({ op: "rename_planet" as const, planet: it.number, name })) : []
          ),
          ...galaxy.races[race]!.groups.map((it) => ({
            op: "give" as const,
            group: it.number,
            race: raceName((race + 1) % 3)
          }))
        ]
        const said = withoutProspects(forecast(galaxy, race, orders))
        for (let change = 0; change < 3; change++) {
          const changed = otherwise(random, galaxy, race)
          assert.deepStrictEqual(
            withoutProspects(forecast(changed, race, orders)),
            said,
            `game ${seed}, turn ${turn}, race ${race}`
          )
          const draft = draftOf(changed)
          const real = withoutProspects(executeAll(draft, raceOf(draft, race), orders))
          if (JSON.stringify(real) !== JSON.stringify(said)) differed += 1
        }
        told += said.filter((it) => it.accepted).length
      }
      galaxy = { ...nextGalaxy(galaxy, ordersOf(lists)).galaxy, finished: false, winners: [] }
    }
  }
  // The orders were not all refused, and what was changed would have shown.
  assert.isAbove(told, 500)
  assert.isAbove(differed, 50)
})

const hauler = classOf("Hauler", "8 0 0 2 10")

/** Planet 2 is an empty one where the race stands, 3 one where it doesn't. */
const start = galaxyOf(
  [
    { colonists: 10 },
    { x: 5, owner: null, size: 80, population: 0, industry: 0, materials: 7, production: null, name: "Eden" },
    { x: 9, owner: 1, name: "Vega" }
  ],
  {},
  [
    {
      classes: [hauler],
      groups: [
        groupOf(hauler, { number: 1 }),
        groupOf(hauler, { number: 2, at: 2, goods: "colonists", load: 2 }),
        groupOf(hauler, { number: 3, at: 2 }),
        groupOf(hauler, { number: 4, at: 1, to: 3, distance: 2 })
      ]
    },
    { classes: [classOf("Hauler", "1 0 0 0 0")] }
  ]
)

it("what the race sees is judged as it is", () => {
  const orders = [
    { op: "load", group: 3, goods: "MAT", amount: 7 },
    { op: "load", group: 3, goods: "MAT", amount: 1 },
    { op: "unload", group: 2 },
    { op: "rename_planet", planet: 2, name: "Home" },
    { op: "rename_planet", planet: 1, name: "Home" },
    { op: "send", group: 1, planet: 3 },
    { op: "send", group: 4, planet: 1 }
  ] as const
  const said = forecast(start, 0, orders)
  assert.deepStrictEqual(
    said.map((it) => it.code ?? "done"),
    ["done", "not_enough_stock", "done", "done", "name_taken", "done", "in_space"]
  )
  assert.deepStrictEqual(said, carryOut(start, 0, orders).verdicts)
})

it("another's name for a planet to which ships only fly stays secret until the turn is made", () => {
  const orders = [{ op: "rename_planet", planet: 1, name: "Vega" }] as const
  assert.deepStrictEqual(
    forecast(start, 0, orders).map((it) => it.accepted),
    [true]
  )
  assert.deepStrictEqual(
    carryOut(start, 0, orders).verdicts.map((it) => it.code),
    ["name_taken"]
  )
})

it("nothing of a stranger is left in what a race knows, and the galaxy itself stays as it was", () => {
  const before = JSON.stringify(start)
  const view = viewOf(start, 0)
  assert.strictEqual(view.seed, "")
  assert.deepInclude(view.races[1], { classes: [], sciences: [], groups: [], peace_with: [], votes_for: 1 })
  assert.deepInclude(view.planets[2], {
    name: "3",
    owner: null,
    size: 0,
    population: 0,
    materials: 0,
    production: null
  })
  assert.deepInclude(view.planets[1], { name: "Eden", size: 80, materials: 7 })
  forecast(start, 0, [
    { op: "unload", group: 2 },
    { op: "peace", race: raceName(1) }
  ])
  assert.strictEqual(JSON.stringify(start), before)
})

describe("a forecast in a game that has just begun", () => {
  const start = gameOf(4, "forecast")
  const own = start.planets.filter((planet) => planet.owner === 0).map((planet) => planet.number)
  const foreign = start.planets.find((planet) => planet.owner === 1)!.number
  const free = start.planets.find((planet) => planet.owner === null)!.number
  const orders: ReadonlyArray<Order> = [
    { op: "produce", planet: own[0]!, product: "MAT" },
    { op: "rename_planet", planet: own[1]!, name: "Secret" },
    { op: "rename_planet", planet: foreign, name: "Mine" },
    { op: "rename_planet", planet: free, name: "Mine" },
    { op: "vote", race: raceName(2) },
    { op: "peace", race: raceName(0) },
    { op: "quit", race: raceName(0) }
  ]

  it("tells nothing that the race can't see", () => {
    const elsewhere: Galaxy = {
      ...start,
      seed: "another",
      races: start.races.map((race, index) =>
        index === 0 ? race : { ...race, votes_for: 0, peace_with: [0], idle_turns: 5, quitting: true }
      ),
      planets: start.planets.map((planet) =>
        planet.owner === 0
          ? planet
          : { ...planet, name: planet.number === foreign ? "Secret" : `X${planet.number}`, owner: 3, materials: 99 }
      )
    }
    assert.deepStrictEqual(forecast(elsewhere, 0, orders), forecast(start, 0, orders))
    // The turn itself knows better.
    assert.strictEqual(carryOut(elsewhere, 0, orders).verdicts[1]?.code, "name_taken")
  })

  it("is what the turn says where only the race's own things matter", () => {
    assert.deepStrictEqual(forecast(start, 0, orders), carryOut(start, 0, orders).verdicts)
  })
})
