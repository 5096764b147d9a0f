/** Order text by somebody who has a report: planets by name, and a frame that says whose orders these are. */
import { maxOrders } from "@galaxy/contract/engine/Limits"
import type { Order } from "@galaxy/contract/engine/Order"
import { readerOf, type OrderReader } from "@galaxy/engine/text/OrderReader"
import { maxOrderTextErrors, parseOrders, readOrders } from "@galaxy/engine/text/parseOrders"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { fullReport } from "./reportFixture.ts"

const ann: OrderReader = {
  race: "Ann",
  turn: 5,
  planets: [
    ["Terra", 3],
    ["Big_Rock", 7],
    ["12", 12]
  ]
}

const ordersOf = (text: string, reader: OrderReader = ann): ReadonlyArray<Order> => {
  const parsed = parseOrders(text, reader)
  assert.isTrue(Result.isSuccess(parsed), JSON.stringify(parsed))
  return Result.getOrThrow(parsed).orders
}

const errorsOf = (text: string, reader: OrderReader = ann): ReadonlyArray<string> => {
  const parsed = parseOrders(text, reader)
  return Result.isSuccess(parsed)
    ? []
    : parsed.failure.map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

describe("a planet", () => {
  it("is meant by its name wherever its number could be", () => {
    assert.deepStrictEqual(
      ordersOf('S 3 Terra\nP terra CAP\nP #TERRA CAP\nR Terra COL "Big Rock"\nS Home big_rock 2'),
      [
        { op: "send", group: 3, planet: 3 },
        { op: "produce", planet: 3, product: "CAP" },
        { op: "produce", planet: 3, product: "CAP" },
        { op: "route", planet: 3, goods: "COL", to: 7 },
        { op: "send", fleet: "Home", planet: 7, ships: 2 }
      ]
    )
    assert.deepStrictEqual(ordersOf('S 3 "12"\nS 3 12'), [
      { op: "send", group: 3, planet: 12 },
      { op: "send", group: 3, planet: 12 }
    ])
  })

  it("is not guessed: a name that isn't known is refused", () => {
    const unknown = "you know no planet named"
    const instead = "any planet can be given by its number, such as 12 or #12"
    assert.deepStrictEqual(errorsOf('S 3 Luna\nR 3 COL #Luna\nP "3" CAP'), [
      `1:5: planet: ${unknown} "Luna"; ${instead}`,
      `2:9: to: ${unknown} "#Luna"; ${instead}`,
      `3:3: planet: ${unknown} "3"; ${instead}`
    ])
    assert.deepStrictEqual(errorsOf("S 3 Terra", {}), ['1:5: planet must be a number, not "Terra"'])
  })

  it("has the name that an order before has given it", () => {
    assert.deepStrictEqual(
      ordersOf("N 12 Luna\nP Luna CAP\nN Luna Moon\nS 1 moon").map(({ planet }) => planet),
      [12, 12, 12, 12]
    )
    // A name that another planet has isn't given; one that it has given up is.
    assert.deepStrictEqual(
      ordersOf("N 12 Terra\nP Terra CAP\nN 3 Mars\nN 12 Terra\nP Terra CAP\nP Mars CAP").map(({ planet }) => planet),
      [12, 3, 3, 12, 12, 3]
    )
  })

  it("is known from whatever the report says of it", () => {
    const reader = readerOf(fullReport)
    assert.deepStrictEqual(
      ordersOf("S 1 Home\nS 1 11\nS 1 Red\nS 1 Outpost\nS 1 8", reader).map(({ planet }) => planet),
      [3, 11, 5, 4, 8]
    )
    const [own] = fullReport.my_planets
    const [bombed] = fullReport.bombings
    assert.isDefined(own)
    assert.isDefined(bombed)
    const ruin = readerOf({ ...fullReport, bombings: [{ ...bombed, planet: 9, name: "Ruin" }] })
    assert.deepStrictEqual(
      ordersOf("S 1 ruin", ruin).map(({ planet }) => planet),
      [9]
    )
    const renamed = readerOf({ ...fullReport, bombings: [{ ...bombed, planet: 9, name: own.name }] })
    assert.deepStrictEqual(
      ordersOf("S 1 Home", renamed).map(({ planet }) => planet),
      [3]
    )
  })
})

describe("a frame", () => {
  it("leaves out what is around the orders", () => {
    const text = "From: Ann\nA Bob\n\n#Order ann 5 ; mine\nJ\n# so\n #END ; bye\n-- \nAnn"
    assert.deepStrictEqual(
      readOrders(text, ann),
      Result.succeed({ orders: [{ op: "merge_groups" }], lines: [5], errors: [], wrong: 0, outside: 4 })
    )
    for (const head of ["#order", "#ORDER Ann", '#order "ANN" 05']) {
      assert.deepStrictEqual(ordersOf(`${head}\nJ\n#end`), [{ op: "merge_groups" }])
    }
    assert.deepStrictEqual(ordersOf("#order Eve 77\nJ\n#end\n", {}), [{ op: "merge_groups" }])
  })

  const wrong: ReadonlyArray<readonly [text: string, error: string]> = [
    ["#order Bob 5\nJ\n#end", '1:8: these are orders of "Bob", not of Ann'],
    ["\n#order Ann 4\nJ\n#end", "2:12: these are orders after the report of turn 4, but the last report is of turn 5"],
    ["#order Ann five\n#end", '1:12: turn must be a whole number, not "five"'],
    ["#order Ann 5 secret\n#end", "1:14: there are too many arguments; it is: #order [race [turn]]"],
    ['#order "Ann\n#end', "1:8: the quote is not closed"],
    ["J\n#order Ann 5\nJ", "2:1: there is no #end after this #order: the text may be cut short"],
    ["J\n#end", "2:1: there is no #order before this #end"],
    [
      "#order Ann 5\nJ\n#end\n#order Ann 5\nJ\n#end",
      "4:1: there is a second #order: a text holds the orders of one race for one turn"
    ]
  ]
  it.each(wrong)("is refused as %j", (text, error) => {
    assert.deepStrictEqual(errorsOf(text), [error])
    // Other lines may be right, but the whole text is somebody else's, or incomplete.
    assert.isTrue(Result.isFailure(readOrders(text, ann)))
  })
})

describe("what can be read of a text", () => {
  it("is every line without an error", () => {
    const read = Result.getOrThrow(readOrders("J\nB x y\nFOO\nP Terra CAP", ann))
    assert.deepStrictEqual(read.orders, [{ op: "merge_groups" }, { op: "produce", planet: 3, product: "CAP" }])
    assert.deepStrictEqual(read.lines, [1, 4])
    assert.deepStrictEqual(
      read.errors.map(({ line, column }) => [line, column]),
      [
        [2, 3],
        [2, 5],
        [3, 1]
      ]
    )
    assert.strictEqual(read.wrong, 2)
  })

  it("has no more errors than the bound, but all orders up to theirs", () => {
    const read = Result.getOrThrow(readOrders(`${"E\n".repeat(500)}${"J\n".repeat(maxOrders + 5)}`))
    assert.lengthOf(read.errors, maxOrderTextErrors)
    assert.strictEqual(read.wrong, 501)
    assert.lengthOf(read.orders, maxOrders)
  })
})
