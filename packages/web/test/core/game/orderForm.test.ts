import type { Order } from "@galaxy/contract/engine/Order"
import { type OrderOp, orderArguments, orderOps } from "@galaxy/contract/engine/OrderArguments"
import type { Report } from "@galaxy/contract/engine/Report"
import { reporter } from "@galaxy/engine/report/reports"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import { forecast } from "@galaxy/web/core/game/forecast"
import { offers } from "@galaxy/web/core/game/offers"
import { fieldsOf } from "@galaxy/web/core/game/orderFields"
import { orderOf, type Values, valuesOf } from "@galaxy/web/core/game/orderForm"
import { printed, reading } from "@galaxy/web/core/game/orderText"
import { orderFormWords } from "@galaxy/web/core/words/orderFormWords"
import { Result } from "effect"
import { describe, expect, it } from "vitest"

/** A report of a game between bots in which everything can be ordered: two groups at one of the race's planets. */
const report: Report = (() => {
  let play = Result.getOrThrow(begin({ seed: "form", players: 3, turns: 99 }))
  for (let turn = 0; turn < 14; turn++) play = advance(play)
  return reporter(play.galaxy, play.log)(0)
})()
const mine = new Set(report.my_planets.map(({ number }) => number))
const atHome = report.my_groups.filter(({ origin, destination }) => origin === undefined && mine.has(destination))
const [one, two] = atHome.flatMap((it) => {
  const other = atHome.find((at) => at.destination === it.destination && at.number !== it.number)
  return other === undefined ? [] : [it, other]
})
const hold = atHome.find(({ cargo, load }) => cargo > 0 && load === 0)
const big = atHome.find(({ ships }) => ships > 1)
const me = report.players.find(({ name }) => name === report.race)
const old = atHome.find(({ drive }) => drive > 0 && drive < (me?.drive ?? 0))
if (one === undefined || two === undefined || hold === undefined || big === undefined || old === undefined) {
  throw new Error("this game has too little in it")
}
const [other = ""] = report.players.flatMap(({ name, extinct }) => (name === report.race || extinct ? [] : [name]))
const home = report.my_planets[0]!
const far = report.my_planets[1]!.number
const group = (of: { readonly number: number }) => String(of.number)
const stocked = report.my_planets.map((it) => ({ ...it, materials: 500, colonists: 500 }))
const rich: Report = { ...report, my_planets: stocked }

/** For each order, what somebody enters in its form, and the lines that stand before it. */
const cases: Readonly<Record<OrderOp, readonly [Values, ReadonlyArray<Order>]>> = {
  peace: [{ race: other }, []],
  war: [{ race: report.race }, []],
  break_group: [{ group: group(big), ships: "1" }, []],
  design_class: [{ name: "Zebra", drive: "2,5", cargo: " 1 " }, []],
  delete_class: [
    { class: "Zebra" },
    [{ op: "design_class", name: "Zebra", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }]
  ],
  rename_class: [{ class: report.my_classes[0]!.name, name: "Zebra" }, []],
  create_science: [{ name: "Alchemy", drive: "1", cargo: "2" }, []],
  delete_science: [
    { science: "Alchemy" },
    [{ op: "create_science", name: "Alchemy", drive: 1, weapons: 0, shields: 0, cargo: 0 }]
  ],
  merge_groups: [{}, []],
  join_fleet: [{ group: group(one), fleet: "Home" }, []],
  merge_fleets: [
    { fleet: "Home", into: "Away" },
    [
      { op: "join_fleet", group: one.number, fleet: "Home" },
      { op: "join_fleet", group: two.number, fleet: "Away" }
    ]
  ],
  give: [{ group: group(one), race: other }, []],
  dismantle: [{ group: group(big), ships: "1" }, []],
  load: [{ group: group(hold), goods: "MAT", amount: "0.5" }, []],
  unload: [{ group: group(hold) }, [{ op: "load", group: hold.number, goods: "MAT" }]],
  rename_planet: [{ planet: String(home.number), name: "Zebra" }, []],
  produce: [{ planet: String(home.number), product: "DRIVE" }, []],
  route: [{ planet: String(home.number), goods: "EMP", to: `#${far}` }, []],
  send: [
    { group: group(one), planet: String(mine.has(one.destination) && one.destination === far ? home.number : far) },
    []
  ],
  vote: [{ race: other }, []],
  upgrade: [{ group: group(old), block: "DRIVE", level: String(me?.drive ?? 2) }, []],
  quit: [{ race: report.race }, []]
}

/** The text names 0 ships, which are all of them, where an amount comes after. */
const withoutAll = ({ ships, ...order }: Order): Order =>
  ships === undefined || ships === 0 ? order : { ...order, ships }

const made = (op: OrderOp, values: Values, lines: ReadonlyArray<Order>): Order => {
  const result = orderOf(op, rich, lines, values)
  if (!("order" in result)) throw new Error(`${op}: ${JSON.stringify(result)}`)
  return result.order
}

describe("orders by form", () => {
  it("are offered by pointing and by keyboard, all of the engine's", () => {
    const { orders, ...pages } = offers
    expect(new Set(orders)).toEqual(new Set(orderOps))
    const ownForms = ["design_class", "create_science", "peace", "war", "vote", "quit"]
    expect(new Set([...Object.values(pages).flat(), ...ownForms])).toEqual(new Set(orderOps))
  })

  it.each(orderOps)("%s: what the form makes is taken, and is the same as text", (op) => {
    const [values, before] = cases[op]
    const order = made(op, values, before)
    expect(forecast(rich, "plus", [...before, order]).at(-1)).toMatchObject({ accepted: true })
    expect(reading(printed([order]), rich).orders.map(withoutAll)).toEqual([order])
    expect(made(op, valuesOf(order), before)).toEqual(order)
  })

  it.each(orderOps)("%s: asks for every argument, and offers what can be chosen", (op) => {
    const [values, before] = cases[op]
    const fields = fieldsOf(op, rich, before)
    const wanted = orderArguments[op].filter((argument) => !(op === "send" && argument === "fleet"))
    expect(new Set<string>(fields.map(({ argument }) => argument))).toEqual(new Set<string>(wanted))
    const left = fields.filter(({ argument, kind, choices }) => {
      const value = values[argument]
      return kind === "choice" && value !== undefined && !choices.includes(value)
    })
    expect(left).toEqual([])
  })

  it("sends a fleet as a whole, and a known subject isn't asked for", () => {
    const before: ReadonlyArray<Order> = [{ op: "join_fleet", group: one.number, fleet: "Home" }]
    expect(made("send", { group: "fleet:Home", planet: String(far), ships: "2" }, before)).toEqual({
      op: "send",
      fleet: "Home",
      planet: far
    })
    expect(fieldsOf("send", rich, before, ["fleet"]).map(({ argument }) => argument)).toEqual(["planet"])
    expect(orderOf("upgrade", rich, [], { block: "ALL", ships: "0" }, { group: 7 })).toEqual({
      order: { op: "upgrade", group: 7, block: "ALL" }
    })
  })

  it("says what is missing and what can't be meant", () => {
    expect(orderOf("send", rich, [], { planet: "nowhere", ships: "1.5" })).toEqual({
      missing: ["group"],
      wrong: ["planet", "ships"]
    })
    expect(orderOf("give", rich, [], { group: group(one), race: report.race })).toEqual({
      missing: [],
      wrong: ["race"]
    })
    expect(orderOf("load", rich, [], { group: group(one), goods: "COL", amount: "-1" })).toEqual({
      missing: [],
      wrong: ["amount"]
    })
    expect(orderOf("route", rich, [], { planet: String(home.number), goods: "COL" })).toEqual({
      order: { op: "route", planet: home.number, goods: "COL" }
    })
  })

  it("has words for every order and argument, in every language", () => {
    for (const { ops, fields } of Object.values(orderFormWords)) {
      expect(Object.keys(ops).toSorted()).toEqual(orderOps.toSorted())
      for (const op of orderOps) for (const argument of orderArguments[op]) expect(fields[argument]).not.toBe("")
    }
  })
})
