/** Arguments that an order doesn't take are refused by name, whatever they say, and change nothing. */
import type { Order } from "@galaxy/contract/engine/Order"
import { orderArguments, type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"
import { decode, encode } from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { forecast } from "@galaxy/engine/orders/forecast"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { galaxy, other } from "./fixture.ts"

/** An order as a program without types writes it. */
const written = (order: Readonly<Record<string, unknown>>) => order as unknown as Order

const refusal = (order: Order): string | undefined => {
  const { draft, verdicts } = carryOut(galaxy, 0, [order])
  assert.deepStrictEqual(forecast(galaxy, 0, [order]), verdicts)
  const [verdict] = verdicts
  if (verdict?.code !== "unknown_argument") return undefined
  assert.deepStrictEqual(draft.events, [])
  return verdict.message
}

describe("an argument that is misspelt", () => {
  it.each([
    [{ op: "load", group: 2, goods: "COL", amout: 1 }, "load doesn't take amout, only group, goods, ships, amount"],
    [{ op: "send", group: 1, planet: 2, ship: 1 }, "send doesn't take ship, only group, fleet, planet, ships"],
    [{ op: "merge_groups", gruop: 1 }, "merge_groups doesn't take gruop, only op"],
    [{ op: "vote", race: other, ["x".repeat(90)]: 1 }, `vote doesn't take ${"x".repeat(40)}…, only race`],
    [{ op: "peace", race: other, constructor: 1 }, "peace doesn't take constructor, only race"]
  ])("%j", (order, message) => assert.strictEqual(refusal(written(order)), message))
})

it("a group and a fleet are not sent by one order, nor a part of a fleet", () => {
  const message = "send takes a group or a fleet, not both"
  assert.strictEqual(refusal({ op: "send", group: 1, fleet: "Home", planet: 2 }), message)
  assert.strictEqual(
    refusal({ op: "send", fleet: "Home", planet: 2, ships: 1 }),
    "send doesn't take ships with a fleet, which flies whole"
  )
  assert.isUndefined(refusal({ op: "send", fleet: "Home", planet: 2 }))
  assert.isUndefined(refusal({ op: "send", group: 1, planet: 2, ships: 1 }))
})

const values: Readonly<Record<string, unknown>> = {
  planet: 1,
  to: 2,
  product: "CAP",
  name: "New",
  race: other,
  group: 1,
  ships: 1,
  fleet: "Home",
  into: "Home",
  class: "Drone",
  science: "Mix",
  goods: "COL",
  amount: 1,
  block: "ALL",
  level: 2,
  drive: 1,
  armament: 0,
  weapons: 0,
  shields: 0,
  cargo: 0
}

it("the same holds for what FlatBuffers say", () => {
  const order = { op: "send", group: 1, fleet: "Home", planet: 2 }
  const decoded = decode(tables, "galaxy.game.Order", encode(tables, "galaxy.game.Order", order))
  assert.strictEqual(refusal(written(decoded)), "send takes a group or a fleet, not both")
  const whole = decode(
    tables,
    "galaxy.game.Order",
    encode(tables, "galaxy.game.Order", { op: "send", group: 1, planet: 2 })
  )
  assert.isUndefined(refusal(written(whole)))
})

describe.each(orderOps)("%s", (op: OrderOp) => {
  const taken: ReadonlyArray<string> = orderArguments[op]

  it("refuses every argument of other orders by its name", () => {
    for (const [name, value] of Object.entries(values)) {
      if (taken.includes(name)) continue
      assert.include(refusal(written({ op, [name]: value })), `${op} doesn't take ${name},`)
    }
  })
  it("takes its own, and those that are left undefined", () => {
    for (const name of taken) assert.isUndefined(refusal(written({ op, [name]: values[name], bogus: undefined })), name)
  })
})

it("a race that gives only such orders is not idle", () => {
  const { draft } = carryOut({ ...galaxy, races: galaxy.races.map((it) => ({ ...it, idle_turns: 4 })) }, 0, [
    written({ op: "vote", race: other, reason: "none" })
  ])
  assert.strictEqual(draft.races[0]?.idle_turns, 0)
})
