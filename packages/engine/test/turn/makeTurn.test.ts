import { readdirSync, readFileSync } from "node:fs"
import type { Order } from "@galaxy/contract/engine/Order"
import { sha256Hex } from "@galaxy/engine/random/sha256"
import * as Random from "@galaxy/engine/random/Random"
import { canonicalJson } from "@galaxy/engine/state/canonical"
import { Galaxy } from "@galaxy/engine/state/Galaxy"
import { raceAt } from "@galaxy/engine/state/lookups"
import { statusOf } from "@galaxy/engine/state/status"
import { makeTurn, type Turn } from "@galaxy/engine/turn/makeTurn"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, gameOf, nothing, ordersOf, raceName } from "../support/games.ts"

/** Orders of every kind, right and wrong, that follow from a seed. */
const someOrders = (galaxy: Galaxy, seed: string): Decisions => {
  const random = Random.make(seed, galaxy.turn)
  const anyRace = (): string => raceName(random.below(galaxy.races.length))
  const anyOrder = (): Order => {
    const planet = random.below(galaxy.planets.length + 1)
    const products = ["CAP", "MAT", "DRIVE", "WEAPONS", "SHIELDS", "CARGO", "none"]
    switch (random.below(8)) {
      case 0:
        return { op: "rename_planet", planet, name: `P${random.below(30)}` }
      case 1:
        return { op: "peace", race: anyRace() }
      case 2:
        return { op: "war", race: anyRace() }
      case 3:
        return random.below(6) === 0 ? { op: "vote", race: anyRace() } : { op: "vote", race: "nobody" }
      case 4:
        return { op: "quit", race: anyRace() }
      default:
        return { op: "produce", planet, product: products[random.below(products.length)]! }
    }
  }
  return ordersOf(
    Object.fromEntries(
      galaxy.races.map((_, race) => [race, Array.from({ length: random.below(20) }, () => anyOrder())])
    )
  )
}

const play = (start: Galaxy, turns: number, seed: string): ReadonlyArray<Turn> => {
  const made: Array<Turn> = []
  let galaxy = start
  for (let turn = 0; turn < turns && !galaxy.finished; turn++) {
    const next = makeTurn(galaxy, someOrders(galaxy, seed))
    made.push(next)
    galaxy = next.galaxy
  }
  return made
}

const bytesOf = (turns: ReadonlyArray<Turn>): string =>
  canonicalJson(turns.map(({ galaxy, reports, log }) => ({ galaxy, reports, log })))

describe("a turn", () => {
  it.prop("follows from galaxy, orders and seed alone", [Schema.String], ([seed]) => {
    const start = gameOf(3, "start")
    assert.strictEqual(bytesOf(play(start, 6, seed)), bytesOf(play(structuredClone(start), 6, seed)))
  })

  // Changes only with the rules. If nothing of them changed, a machine computes differently from others.
  it("gives these very bytes", () => {
    const turns = play(gameOf(6, "golden"), 12, "golden orders")
    assert.isTrue(turns.at(-1)?.galaxy.finished)
    assert.strictEqual(sha256Hex(bytesOf(turns)), "7e8e9c4ba6dd7fa4315f9cfa9222ee2cba2d4b0d21202ed05ce83f2566a6ceea")
  })

  it("leaves what it was given as it was", () => {
    const start = gameOf(3)
    const before = canonicalJson(start)
    play(start, 3, "frozen")
    assert.strictEqual(canonicalJson(start), before)
  })

  it.prop("keeps a galaxy sound, whatever is ordered", [Schema.String], ([seed]) => {
    for (const { galaxy } of play(gameOf(5, seed === "" ? "x" : seed), 15, seed)) {
      assert.isTrue(Schema.is(Galaxy)(galaxy))
      const names = galaxy.planets.map((planet) => planet.name.toLowerCase())
      assert.strictEqual(new Set(names).size, names.length)
      for (const planet of galaxy.planets) {
        assert.isTrue(planet.industry <= planet.population && planet.population <= planet.size)
        assert.strictEqual(planet.owner === null, planet.production === null)
        if (planet.owner === null) assert.strictEqual(planet.population + planet.industry + planet.colonists, 0)
        else assert.isNull(raceAt(galaxy, planet.owner).removed)
      }
    }
  })

  it("makes goods that work from the next turn on", () => {
    const start = galaxyOf([{ production: { kind: "research", technology: "cargo" } }, { owner: 1, population: 500 }])
    const first = makeTurn(start, nothing).galaxy
    assert.closeTo(first.races[0]!.techs.cargo, 1.2, 1e-12)
    assert.closeTo(first.planets[0]!.colonists, 10, 1e-12)
  })

  it("adds up what several planets learn", () => {
    const research = { kind: "research", technology: "drive" } as const
    const start = galaxyOf([{ production: research }, { production: research, industry: 500 }, { owner: 1 }])
    assert.closeTo(makeTurn(start, nothing).galaxy.races[0]!.techs.drive, 1 + 1625 / 5000, 1e-12)
  })

  it("replays orders before anything is made", () => {
    const start = galaxyOf([{}, { owner: 1 }])
    const { galaxy } = makeTurn(start, ordersOf({ 0: [{ op: "produce", planet: 1, product: "MAT" }] }))
    assert.deepStrictEqual([galaxy.planets[0]!.materials, galaxy.planets[0]!.capital], [10_000, 0])
  })

  it("takes races in an order that chance decides, not the same every turn", () => {
    const first = new Set<number>()
    const start = galaxyOf([{}, { owner: 1 }, { owner: 2 }])
    for (let turn = 0; turn < 20; turn++) {
      const rename = (planet: number): ReadonlyArray<Order> => [{ op: "rename_planet", planet, name: "Eden" }]
      const { log } = makeTurn({ ...start, turn }, ordersOf({ 0: rename(1), 1: rename(2), 2: rename(3) }))
      const winners = log.flatMap((it) => (it.kind === "order" && it.outcome.accepted ? [it.race] : []))
      assert.strictEqual(winners.length, 1)
      first.add(winners[0]!)
    }
    assert.strictEqual(first.size, 3)
  })

  it("uses no arithmetic that machines do differently", () => {
    const root = new URL("../../src/", import.meta.url)
    const allowed = new Set(["abs", "ceil", "floor", "imul", "max", "min", "sqrt"])
    let used = 0
    for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue
      const source = readFileSync(new URL(file, root), "utf8").replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "")
      for (const [, name = ""] of source.matchAll(/\bMath\.(\w+)/g)) {
        assert.isTrue(allowed.has(name), `Math.${name} in ${file}`)
        used++
      }
      // Whole numbers of any size are exact everywhere.
      if (!file.endsWith("sha256.ts")) assert.notInclude(source, "**", file)
    }
    assert.isAbove(used, 10)
  })
})

describe("a race without orders", () => {
  const start = galaxyOf([{}, { owner: 1 }, { owner: 2 }])
  const busy: ReadonlyArray<Order> = [{ op: "produce", planet: 2, product: "CAP" }]
  const others = ordersOf({ 1: busy, 2: [{ op: "produce", planet: 3, product: "CAP" }] })
  const idle = (turns: number, from = start): Turn => {
    let turn: Turn = { galaxy: from, reports: [], log: [] }
    for (let made = 0; made < turns; made++) turn = makeTurn(turn.galaxy, others)
    return turn
  }
  const shownTo = (turn: Turn, reader: number): number | undefined => turn.reports[reader]?.players[0]?.turns_left

  it("is removed after ten turns, is warned from five, and everybody from three", () => {
    assert.deepStrictEqual(
      [4, 5, 6, 7, 8, 9].map((turns) => shownTo(idle(turns), 0)),
      [undefined, 5, 4, 3, 2, 1]
    )
    assert.deepStrictEqual(
      [5, 6, 7, 8, 9].map((turns) => shownTo(idle(turns), 1)),
      [undefined, undefined, 3, 2, 1]
    )
    assert.isNull(idle(9).galaxy.races[0]!.removed)
    const last = idle(10)
    assert.deepStrictEqual(last.galaxy.races[0]!.removed, { turn: 10, reason: "idle" })
    assert.deepInclude(last.log, { kind: "removed", race: 0, reason: "idle" })
    assert.isUndefined(shownTo(last, 1))
  })

  it("is safe again after any order, even a refused one", () => {
    const nine = idle(9).galaxy
    const order: ReadonlyArray<Order> = [{ op: "vote", race: "nobody" }]
    const saved = makeTurn(nine, { ...others, orders: new Map([...others.orders, [0, order]]) }).galaxy
    assert.strictEqual(saved.races[0]!.idle_turns, 0)
    assert.isNull(idle(9, saved).galaxy.races[0]!.removed)
    assert.isNotNull(idle(10, saved).galaxy.races[0]!.removed)
  })

  it("has three turns after it quits, and any other order takes that back", () => {
    const quit: ReadonlyArray<Order> = [{ op: "quit", race: raceName(0) }]
    const withFirst = (list: ReadonlyArray<Order>): Decisions => ({
      ...others,
      orders: new Map([...others.orders, [0, list]])
    })
    const quitting = makeTurn(start, withFirst(quit))
    assert.strictEqual(shownTo(quitting, 0), 3)
    assert.isNull(idle(2, quitting.galaxy).galaxy.races[0]!.removed)
    assert.deepStrictEqual(idle(3, quitting.galaxy).galaxy.races[0]!.removed, { turn: 4, reason: "quit" })

    let again = quitting.galaxy
    for (let turn = 0; turn < 3; turn++) again = makeTurn(again, withFirst(quit)).galaxy
    assert.deepStrictEqual(again.races[0]!.removed, { turn: 4, reason: "quit" })

    const back = makeTurn(idle(2, quitting.galaxy).galaxy, withFirst([{ op: "peace", race: raceName(1) }])).galaxy
    assert.deepStrictEqual([back.races[0]!.quitting, back.races[0]!.idle_turns], [false, 0])
  })

  it("that is removed leaves its materials and nothing else, and its vote goes home", () => {
    const rich = galaxyOf([
      { materials: 7, capital: 8, colonists: 9, name: "Eden" },
      { owner: 1, population: 900, industry: 900 },
      { owner: 2, population: 1000 }
    ])
    const voted = { ...rich, races: rich.races.with(1, { ...rich.races[1]!, votes_for: 0 }) }
    const { galaxy, reports } = makeTurn(voted, { orders: new Map(), banished: new Set([0]) })
    const { number: _, x, y, size, resources, ...rest } = galaxy.planets[0]!
    assert.deepStrictEqual(rest, {
      name: "Eden",
      owner: null,
      population: 0,
      industry: 0,
      capital: 0,
      materials: 7,
      colonists: 0,
      production: null,
      routes: {}
    })
    assert.deepStrictEqual([x, y, size, resources], [0, 0, 1000, 10])
    assert.strictEqual(reports[1]!.votes.voting_for, raceName(1))
    assert.deepStrictEqual(
      reports[1]!.players.map((it) => [it.extinct, it.planets, it.drive]),
      [
        [true, 0, 0],
        [false, 1, 1],
        [false, 1, 1]
      ]
    )
    assert.strictEqual(reports[1]!.summary.players, 2)
    const status = statusOf(galaxy).players[0]!
    assert.deepStrictEqual([status.eliminated, status.planets, status.population, status.max_planets], [true, 0, 0, 1])
  })

  it("and without planets is extinct when the next turn is made", () => {
    const bare = { ...start, planets: start.planets.with(0, { ...start.planets[0]!, owner: null, production: null }) }
    assert.deepStrictEqual(makeTurn(bare, others).galaxy.races[0]!.removed, { turn: 1, reason: "extinct" })
  })
})

describe("a game", () => {
  it("is won by two thirds of the votes", () => {
    const start = galaxyOf([{}, { owner: 1 }, { owner: 2 }], { turn: 9 })
    const vote = (race: number): ReadonlyArray<Order> => [{ op: "vote", race: raceName(race) }]
    const won = makeTurn(start, ordersOf({ 1: vote(0) })).galaxy
    assert.deepStrictEqual([won.finished, won.winners], [true, [0]])
    const allied = makeTurn(start, ordersOf({ 1: vote(2), 2: vote(1) })).galaxy
    assert.deepStrictEqual([allied.finished, allied.winners], [true, [1, 2]])
    // Two thirds for a race that votes elsewhere are nothing.
    const waived = makeTurn(start, ordersOf({ 0: vote(1), 1: vote(2), 2: vote(1) })).galaxy
    assert.deepStrictEqual(waived.winners, [1, 2])
    assert.isFalse(makeTurn(start, nothing).galaxy.finished)
  })

  it("is won by the last race, and by nobody when all have left", () => {
    const start = galaxyOf([{}, { owner: 1 }])
    assert.deepStrictEqual(makeTurn(start, { orders: new Map(), banished: new Set([0]) }).galaxy.winners, [1])
    const empty = makeTurn(start, { orders: new Map(), banished: new Set([0, 1]) }).galaxy
    assert.deepStrictEqual([empty.finished, empty.winners], [true, []])
  })
})
