import { maxOrders, maxOrderText } from "@galaxy/contract/engine/Limits"
import { Order } from "@galaxy/contract/engine/Order"
import { type OrderOp, orderArguments, orderOps } from "@galaxy/contract/engine/OrderArguments"
import { maxOrdersTextBytes, maxOrderTextErrors, parseOrders } from "@galaxy/engine/text/parseOrders"
import { allCommands, orderWords } from "@galaxy/engine/text/orderWords"
import { printOrder, printOrders } from "@galaxy/engine/text/printOrders"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

const ordersOf = (text: string): ReadonlyArray<Order> => {
  const parsed = parseOrders(text)
  assert.isTrue(Result.isSuccess(parsed), JSON.stringify(parsed))
  return Result.getOrThrow(parsed).orders
}

const errorsOf = (text: string): ReadonlyArray<readonly [line: number, column: number, message: string]> => {
  const parsed = parseOrders(text)
  assert.isTrue(Result.isFailure(parsed), JSON.stringify(parsed))
  return Result.isFailure(parsed) ? parsed.failure.map((it) => [it.line, it.column, it.message]) : []
}

/** Each letter in each of its forms, as it is printed. */
const classic: ReadonlyArray<readonly [string, Order]> = [
  ["A Zyx", { op: "peace", race: "Zyx" }],
  ["W Zyx", { op: "war", race: "Zyx" }],
  ["B 5 3", { op: "break_group", group: 5, ships: 3 }],
  [
    "D Hauler 3.5 0 0 1 20",
    {
      op: "design_class",
      name: "Hauler",
      drive: 3.5,
      armament: 0,
      weapons: 0,
      shields: 1,
      cargo: 20
    }
  ],
  ["D Hauler", { op: "delete_class", class: "Hauler" }],
  ["T Hauler Mule", { op: "rename_class", class: "Hauler", name: "Mule" }],
  ["H Mixed 1 0.5 0 2", { op: "create_science", name: "Mixed", drive: 1, weapons: 0.5, shields: 0, cargo: 2 }],
  ["H Mixed", { op: "delete_science", science: "Mixed" }],
  ["J", { op: "merge_groups" }],
  ["J 5 Home", { op: "join_fleet", group: 5, fleet: "Home" }],
  ["J MAX Home 2", { op: "join_fleet", group: 0, fleet: "Home", ships: 2 }],
  ["J Home Away", { op: "merge_fleets", fleet: "Home", into: "Away" }],
  ["G 5 Zyx", { op: "give", group: 5, race: "Zyx" }],
  ["G 5 Zyx 2", { op: "give", group: 5, race: "Zyx", ships: 2 }],
  ["K 5", { op: "dismantle", group: 5 }],
  ["K 5 2", { op: "dismantle", group: 5, ships: 2 }],
  ["L 5 COL", { op: "load", group: 5, goods: "COL" }],
  ["L 5 CAP 0", { op: "load", group: 5, goods: "CAP", ships: 0 }],
  ["L 5 MAT 0 2.5", { op: "load", group: 5, goods: "MAT", ships: 0, amount: 2.5 }],
  ["U 5", { op: "unload", group: 5 }],
  ["U 5 1", { op: "unload", group: 5, ships: 1 }],
  ["U MAX 0 7", { op: "unload", group: 0, ships: 0, amount: 7 }],
  ["N 12 Earth", { op: "rename_planet", planet: 12, name: "Earth" }],
  ["P 5 CAP", { op: "produce", planet: 5, product: "CAP" }],
  ["P 5 Hauler", { op: "produce", planet: 5, product: "Hauler" }],
  ["P 5 SHIP", { op: "produce", planet: 5, product: "SHIP" }],
  ["P 5 SHIP Drive", { op: "produce", planet: 5, product: "SHIP Drive" }],
  ["R 5 EMP 7", { op: "route", planet: 5, goods: "EMP", to: 7 }],
  ["R 5 COL", { op: "route", planet: 5, goods: "COL" }],
  ["S 5 12", { op: "send", group: 5, planet: 12 }],
  ["S MAX 12 3", { op: "send", group: 0, planet: 12, ships: 3 }],
  ["S Home 12", { op: "send", fleet: "Home", planet: 12 }],
  ["V Zyx", { op: "vote", race: "Zyx" }],
  ["X 5 DRIVE", { op: "upgrade", group: 5, block: "DRIVE" }],
  ["X 5 ALL 2", { op: "upgrade", group: 5, block: "ALL", ships: 2 }],
  ["X 5 ALL 0 1.5", { op: "upgrade", group: 5, block: "ALL", ships: 0, level: 1.5 }],
  ["Q Me", { op: "quit", race: "Me" }]
]

/** How many of an operation's arguments may be left out, from the end. */
const optional: Partial<Record<OrderOp, number>> = {
  join_fleet: 1,
  give: 1,
  dismantle: 1,
  load: 2,
  unload: 2,
  route: 1,
  send: 1,
  upgrade: 2
}

const tricky = Schema.Literals([
  "",
  " ",
  "5",
  "-3",
  ".5",
  "#5",
  "#",
  "#x y",
  "#order",
  "+2",
  "2.",
  "MAX",
  "max",
  "?",
  "SHIP",
  "SHIP ",
  "SHIP Drive",
  "ship Drive",
  "SHIP MAX",
  "SHIP  a",
  "Two Words",
  "a;b",
  ';"',
  'O"Neil',
  "back\\slash",
  "\\",
  "\\n",
  "line\nbreak",
  "\r\n",
  "tab\t",
  "\u00a0",
  "Жук",
  "🚀"
])
const argument = Schema.Union([Schema.String.check(Schema.isMaxLength(maxOrderText)), tricky])
const { fields } = Order
/** An order with every argument there is. */
const everything = Schema.Struct({
  op: Schema.Literals(orderOps),
  planet: Schema.requiredKey(fields.planet),
  to: Schema.requiredKey(fields.to),
  product: argument,
  name: argument,
  race: argument,
  group: Schema.Union([Schema.requiredKey(fields.group), Schema.Literal(0)]),
  ships: Schema.Union([Schema.requiredKey(fields.ships), Schema.Literal(0)]),
  fleet: argument,
  into: argument,
  class: argument,
  science: argument,
  goods: argument,
  amount: Schema.requiredKey(fields.amount),
  block: argument,
  level: Schema.requiredKey(fields.level),
  drive: Schema.requiredKey(fields.drive),
  armament: Schema.requiredKey(fields.armament),
  weapons: Schema.requiredKey(fields.weapons),
  shields: Schema.requiredKey(fields.shields),
  cargo: Schema.requiredKey(fields.cargo)
})

/** That order with its operation's arguments alone, but the last `left` of them that it can be without. */
const complete = (order: typeof everything.Type, left: number, fleet: boolean): Order => {
  const own = orderArguments[order.op]
  const taken = own
    .slice(0, own.length - Math.min(left, optional[order.op] ?? 0))
    .filter((field) => order.op !== "send" || field !== (fleet ? "group" : "fleet"))
  const picked = { op: order.op, ...Object.fromEntries(taken.map((field) => [field, order[field]])) }
  // JSON knows no negative zero.
  return JSON.parse(JSON.stringify(picked)) as Order
}

describe("a text of orders", () => {
  it.each(classic)("%s is one order, and is printed so", (text, order) => {
    assert.deepStrictEqual(ordersOf(text), [order])
    assert.strictEqual(printOrder(order), text)
    assert.deepStrictEqual(ordersOf(text.charAt(0).toLowerCase() + text.slice(1)), [order])
  })

  it("has a form for every operation", () => {
    assert.deepStrictEqual(new Set(classic.map(([, order]) => order.op)), new Set(orderOps))
  })

  it.prop(
    "means the orders that it was printed from",
    [
      Schema.Array(Schema.Struct({ order: everything, left: Schema.Literals([0, 1, 2]), fleet: Schema.Boolean })).check(
        Schema.isMaxLength(8)
      )
    ],
    ([generated]) => {
      const orders = generated.map(({ order, left, fleet }) => complete(order, left, fleet))
      assert.deepStrictEqual(
        parseOrders(printOrders(orders)),
        Result.succeed({ orders, lines: orders.map((_, index) => index + 1) })
      )
    },
    { arbitrary: { runs: 500 } }
  )

  it("has one order a line, among blank lines and comments, with any spaces and line ends", () => {
    const text = '; my orders\r\n\r\n  a Zyx;peace\n\t\nJ ; all\r  s\t5   #12 ; "home\nP 5 SHIP "a;b";\n\n'
    assert.deepStrictEqual(
      parseOrders(text),
      Result.succeed({
        orders: [
          { op: "peace", race: "Zyx" },
          { op: "merge_groups" },
          { op: "send", group: 5, planet: 12 },
          { op: "produce", planet: 5, product: "SHIP a;b" }
        ],
        lines: [3, 5, 6, 7]
      })
    )
    assert.deepStrictEqual(parseOrders(""), Result.succeed({ orders: [], lines: [] }))
    assert.strictEqual(printOrders([]), "")
  })

  it("takes names in quotes, with an escape for what would end them", () => {
    const name = 'a "b" \\ ; c'
    assert.deepStrictEqual(ordersOf('A "a \\"b\\" \\\\ ; c" ; so'), [{ op: "peace", race: name }])
    assert.strictEqual(printOrder({ op: "peace", race: name }), 'A "a \\"b\\" \\\\ ; c"')
    assert.deepStrictEqual(ordersOf('A ""'), [{ op: "peace", race: "" }])
    assert.deepStrictEqual(ordersOf("A back\\slash"), [{ op: "peace", race: "back\\slash" }])
  })

  it("reads what is quoted as a name, never as a number or a keyword", () => {
    assert.deepStrictEqual(ordersOf('J "5" "MAX"\nS "MAX" 3\nS max 3'), [
      { op: "merge_fleets", fleet: "5", into: "MAX" },
      { op: "send", fleet: "MAX", planet: 3 },
      { op: "send", group: 0, planet: 3 }
    ])
    assert.deepStrictEqual(
      errorsOf('B "5" 1').map(([, column]) => column),
      [3]
    )
  })

  it("takes plain decimals, and planets with # too", () => {
    assert.deepStrictEqual(ordersOf("H x 1 2.5 -3 .5\nR #5 COL #7\nH x 007 -0 -.5 1.0\nU +3 +2 2."), [
      { op: "create_science", name: "x", drive: 1, weapons: 2.5, shields: -3, cargo: 0.5 },
      { op: "route", planet: 5, goods: "COL", to: 7 },
      { op: "create_science", name: "x", drive: 7, weapons: 0, shields: -0.5, cargo: 1 },
      { op: "unload", group: 3, ships: 2, amount: 2 }
    ])
  })

  it("has a word for each letter, in any case", () => {
    for (const [text, order] of classic) {
      const rest = text.slice(1)
      for (const word of [...orderWords[order.op], order.op]) {
        // A planet's number tells the two orders that rename apart, and a class has none.
        assert.deepStrictEqual(ordersOf(word.toUpperCase() + rest), [order], word)
        assert.deepStrictEqual(ordersOf(word.toLowerCase() + rest), [order], word)
      }
    }
    assert.deepStrictEqual(ordersOf("Produce 2 MAT"), [{ op: "produce", planet: 2, product: "MAT" }])
  })

  it("has comments after # too, and planets after it", () => {
    const text = [
      "# a comment",
      "#5 is my home",
      "#orders",
      'P #2 CAP # for the "others',
      "P 2 MAT #ore",
      "J #",
      "B 3 5#",
      "S 3 #12",
      'A "#x"'
    ]
    const parsed = Result.getOrThrow(parseOrders(text.filter((line) => !line.startsWith("B ")).join("\n")))
    assert.deepStrictEqual(parsed, {
      orders: [
        { op: "produce", planet: 2, product: "CAP" },
        { op: "produce", planet: 2, product: "MAT" },
        { op: "merge_groups" },
        { op: "send", group: 3, planet: 12 },
        { op: "peace", race: "#x" }
      ],
      lines: [4, 5, 6, 7, 8]
    })
    assert.deepStrictEqual(errorsOf("B 3 5#"), [[1, 5, 'ships must be a number, not "5#"']])
  })

  it("leaves to the engine what names nothing", () => {
    assert.deepStrictEqual(ordersOf("L 999 gold -4 -2\nP 0 nothing"), [
      { op: "load", group: 999, goods: "gold", ships: -4, amount: -2 },
      { op: "produce", planet: 0, product: "nothing" }
    ])
  })
})

describe("a wrong text of orders", () => {
  const missing = "an argument is missing; the order is: "
  const surplus = "there are too many arguments; the order is: "
  const wrong: ReadonlyArray<readonly [string, number, string]> = [
    ["A", 2, `${missing}A race`],
    ["A  ; nobody", 2, `${missing}A race`],
    ["  B", 4, `${missing}B group [ships]`],
    ["D", 2, `${missing}D name drive armament weapons shields cargo`],
    ["D Hauler 1 0 0", 15, `${missing}D name drive armament weapons shields cargo`],
    ["H Mixed 1", 10, `${missing}H name drive weapons shields cargo`],
    ["J 5", 4, `${missing}J group fleet [ships]`],
    ["J Home", 7, `${missing}J fleet into`],
    ["L 5", 4, `${missing}L group goods [ships [amount]]`],
    ["S", 2, `${missing}S group-or-fleet planet [ships]`],
    ['T "a b"', 8, `${missing}T class name`],
    ["A Zyx Abc", 7, `${surplus}A race`],
    ["J 5 Home 1 2 3", 12, `${surplus}J group fleet [ships]`],
    ["P 5 SHIP Drive 7", 16, `${surplus}P planet product`],
    ["P 5 Two Words", 9, `${surplus}P planet product`],
    ["E 5", 1, `"E" is not an order; there are ${allCommands}`],
    ["  Attack Zyx", 3, `"Attack" is not an order; there are ${allCommands}`],
    ['"A" Zyx', 1, `"A" is not an order; there are ${allCommands}`],
    ["design Hauler", 14, `an argument is missing; the order is: Design name drive armament weapons shields cargo`],
    ["join_fleet 5", 13, `an argument is missing; the order is: join_fleet group fleet [ships]`],
    ["S 5 12 #3", 8, 'ships must be a number, not "#3"'],
    ["B five 3", 3, 'group must be a number or MAX, not "five"'],
    ["B 5 3x", 5, 'ships must be a number, not "3x"'],
    ["B 5 MAX", 5, 'ships must be a number, not "MAX"'],
    ["B 5 2.5", 5, 'ships must be a whole number, not "2.5"'],
    ["B -5 1", 3, 'group is out of bounds: "-5"'],
    ["S Home #x", 8, 'planet must be a number, not "#x"'],
    ["S Home ##1", 8, 'planet must be a number, not "##1"'],
    ["S 5 1000001", 5, 'planet is out of bounds: "1000001"'],
    ['A "Zyx', 3, "the quote is not closed"],
    ['A "Zyx\\"', 3, "the quote is not closed"],
    ['A "a\\b"', 5, 'in quotes, \\ stands only before ", \\, n or r'],
    ['A "Zyx\\', 7, 'in quotes, \\ stands only before ", \\, n or r'],
    ['A "a"b', 6, "a space is missing after the quote"],
    ['A O"Neil', 4, "a quote can't stand inside a word: quote the whole of it"],
    [`A ${"a".repeat(maxOrderText + 1)}`, 3, `race is longer than ${maxOrderText} characters`],
    [`P 5 SHIP ${"a".repeat(maxOrderText - 4)}`, 5, `product is longer than ${maxOrderText} characters`],
    [`B ${"b".repeat(500)} 1`, 3, `group must be a number or MAX, not "${"b".repeat(20)}…"`]
  ]

  it.each(wrong)("%s is wrong at column %i: %s", (text, column, message) => {
    assert.deepStrictEqual(errorsOf(`J\n${text}\n`), [[2, column, message]])
  })

  it.each([
    "1e5",
    "+-1",
    "1.2.",
    ".",
    "+",
    "+.",
    "-",
    "--1",
    "1,5",
    "0x10",
    "1_000",
    "١",
    "Infinity",
    "NaN",
    `1${"0".repeat(400)}`
  ])("takes no %s as a number", (number) => {
    assert.deepStrictEqual(
      errorsOf(`U 5 0 ${number}`).map(([line, column]) => [line, column]),
      [[1, 7]]
    )
  })

  it("is told all its errors, in their order", () => {
    assert.deepStrictEqual(
      errorsOf('A Zyx\nB x y z\n\nA "a\nE').map(([line, column]) => [line, column]),
      [
        [2, 3],
        [2, 5],
        [2, 7],
        [4, 3],
        [5, 1]
      ]
    )
  })

  it("is told no more errors than the bound", () => {
    assert.lengthOf(errorsOf("E\n".repeat(maxOrderTextErrors - 1)), maxOrderTextErrors - 1)
    assert.lengthOf(errorsOf(`E\n${"B x y z\n".repeat(500)}`), maxOrderTextErrors)
  })

  it("has at most so many orders", () => {
    assert.lengthOf(ordersOf(`;\n${"J\n".repeat(maxOrders)};`), maxOrders)
    assert.deepStrictEqual(errorsOf(`;\n${"J\n".repeat(maxOrders + 5)}`), [
      [maxOrders + 2, 1, `there are more than ${maxOrders} orders`]
    ])
  })

  it("is at most so long, in bytes", () => {
    assert.deepStrictEqual(ordersOf(";".repeat(maxOrdersTextBytes)), [])
    for (const text of [";".repeat(maxOrdersTextBytes + 1), `;${"Ж".repeat(maxOrdersTextBytes / 2)}`]) {
      assert.deepStrictEqual(errorsOf(text), [[1, 1, `the text is longer than ${maxOrdersTextBytes} bytes`]])
    }
  })
})

describe("a printed order", () => {
  it("has a 0 for all ships where an argument follows", () => {
    assert.strictEqual(printOrder({ op: "load", group: 5, goods: "COL", amount: 3 }), "L 5 COL 0 3")
    assert.strictEqual(printOrder({ op: "unload", group: 5, amount: 3 }), "U 5 0 3")
    assert.strictEqual(printOrder({ op: "upgrade", group: 5, block: "ALL", level: 2 }), "X 5 ALL 0 2")
    assert.strictEqual(printOrder({ op: "break_group", group: 5 }), "B 5")
  })

  it("has plain decimals for the smallest and the largest numbers", () => {
    for (const amount of [1e-7, -1.5e-9, 1e21, -1.25e22, Number.MIN_VALUE, Number.MAX_VALUE, 123456789.125]) {
      const text = printOrder({ op: "unload", group: 1, ships: 0, amount })
      assert.match(text, /^U 1 0 -?\d+(\.\d+)?$/)
      assert.deepStrictEqual(ordersOf(text), [{ op: "unload", group: 1, ships: 0, amount }])
    }
    assert.strictEqual(printOrder({ op: "unload", group: 1, ships: 0, amount: 1.5e-7 }), "U 1 0 0.00000015")
  })

  it("is read as no order when an argument that is needed is missing", () => {
    for (const op of orderOps) {
      const [text, order] = classic.find(([, it]) => it.op === op) ?? assert.fail(op)
      const names = orderArguments[op].filter((field) => field in order)
      for (const field of names.slice(0, op === "route" ? 2 : names.length)) {
        if (field === "ships") continue
        const { [field as keyof Order]: _, ...rest } = order
        const printed = printOrder(rest as Order)
        assert.notStrictEqual(printed, text)
        assert.isTrue(Result.isFailure(parseOrders(printed)), printed)
        assert.include(printed, " ?")
      }
    }
    assert.strictEqual(printOrder({ op: "create_science", name: "x" }), "H x ? ? ? ?")
  })

  it("has the arguments of its operation alone", () => {
    assert.strictEqual(printOrder({ op: "quit", race: "Me", group: 3, amount: 1 }), "Q Me")
    assert.strictEqual(printOrder({ op: "send", group: 3, fleet: "Home", planet: 1 }), "S 3 1")
  })
})
