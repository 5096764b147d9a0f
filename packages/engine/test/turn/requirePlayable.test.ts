import type { Order } from "@galaxy/contract/engine/Order"
import { makeTurn, nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { assert, describe, it } from "@effect/vitest"
import { galaxyOf, nothing, ordersOf, raceName } from "../support/games.ts"

const start = galaxyOf([{}, { owner: 1 }, { owner: 2 }])
const vote: Order = { op: "vote", race: raceName(0) }

/** What a caller without a type checker can hand over. */
const untyped = (decisions: unknown): Decisions => decisions as Decisions
const given = (orders: ReadonlyArray<readonly [unknown, unknown]>): Decisions =>
  untyped({ orders: new Map(orders), banished: new Set() })
const banishing = (...races: ReadonlyArray<unknown>): Decisions =>
  untyped({ orders: new Map(), banished: new Set(races) })

describe("a turn is refused", () => {
  it("after the end of the game", () => {
    const over = makeTurn(start, { orders: new Map(), banished: new Set([0, 1]) }).galaxy
    assert.isTrue(over.finished)
    for (const make of [makeTurn, nextGalaxy]) {
      assert.throws(() => make(over, nothing), /^the turn can't be made: the game ended with turn 1$/)
    }
  })

  it.each<readonly [what: string, decisions: Decisions, problem: string]>([
    ["nothing", untyped(undefined), "the decisions must be an object with orders and banished"],
    ["an empty object", untyped({}), "the orders of the decisions must be a map by race index"],
    ["a record of orders", untyped({ orders: {}, banished: new Set() }), "the orders of the decisions must be a map"],
    [
      "a list of lists",
      untyped({ orders: [[vote]], banished: new Set() }),
      "the orders of the decisions must be a map"
    ],
    ["nobody banished", untyped({ orders: new Map() }), "banished must be a set of race indices"],
    ["a list of banished", untyped({ orders: new Map(), banished: [0] }), "banished must be a set"],
    [
      "orders by name",
      given([[raceName(0), [vote]]]),
      `the map of orders has "${raceName(0)}", which is not the index of a race`
    ],
    ["an index as text", given([["0", [vote]]]), `the map of orders has "0", which is not the index of a race`],
    [
      "orders behind the last race",
      given([[3, []]]),
      "has 3, which is not the index of a race; it must be from 0 to 2"
    ],
    ["orders before the first race", given([[-1, []]]), "has -1, which is not the index of a race"],
    ["orders between two races", given([[0.5, []]]), "has 0.5, which is not the index of a race"],
    ["banished behind the last race", banishing(0, 3), "the set banished has 3, which is not the index of a race"],
    ["banished by name", banishing(raceName(1)), `the set banished has "${raceName(1)}"`],
    ["no list", given([[1, undefined]]), "the orders of race 1 must be an array"],
    ["a single order", given([[1, vote]]), "the orders of race 1 must be an array"],
    ["an unknown operation", given([[1, [vote, { op: "fly" }]]]), `order 1 of race 1 has the operation "fly"`],
    ["what every object has", given([[1, [{ op: "toString" }]]]), `has the operation "toString", which does not exist`],
    ["no operation", given([[1, [{}]]]), "order 0 of race 1 has the operation undefined"],
    ["no order", given([[1, [null]]]), "order 0 of race 1 has the operation undefined"],
    ["an undefined order", given([[1, [undefined]]]), "order 0 of race 1 has the operation undefined"],
    ["a long operation", given([[1, [{ op: "x".repeat(1e6) }]]]), `has the operation "${"x".repeat(39)}…, which`]
  ])("for %s", (_, decisions, problem) => {
    for (const make of [makeTurn, nextGalaxy]) {
      const before = structuredClone(start)
      assert.throws(() => make(before, decisions), problem)
      assert.deepStrictEqual(before, start)
    }
  })
})

describe("a turn is made", () => {
  it("with orders of a race that has left, which are not carried out", () => {
    const left = makeTurn(start, banishing(2)).galaxy
    const { log, galaxy } = makeTurn(left, ordersOf({ 0: [vote], 2: [vote] }))
    assert.deepStrictEqual(
      log.flatMap((event) => (event.kind === "order" ? [event.race] : [])),
      [0]
    )
    assert.strictEqual(galaxy.turn, 2)
  })

  it("with any map and any set", () => {
    const orders = new Map([[0, [vote]]])
    const banished = new Set([2])
    const own = {
      orders: { get: (race: number) => orders.get(race), entries: () => orders.entries() },
      banished: { has: (race: number) => banished.has(race), keys: () => banished.keys() }
    }
    assert.deepStrictEqual(makeTurn(start, untyped(own)), makeTurn(start, { orders, banished }))
  })
})
