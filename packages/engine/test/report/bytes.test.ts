/** Reports are sent as they are made: they must be what encoding by the schema would give, to the byte. */
import { Order } from "@galaxy/contract/engine/Order"
import { Report } from "@galaxy/contract/engine/Report"
import * as Random from "@galaxy/engine/random/Random"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import { chanceOrders } from "../support/chance.ts"
import { gameOf, ordersOf } from "../support/games.ts"

const encode = Schema.encodeSync(Report)
const decodeOrders = Schema.decodeUnknownSync(Schema.Array(Order))

it("a report is written as its schema writes it", () => {
  let galaxy = gameOf(4, "bytes")
  const seen = new Set<string>()
  for (let turn = 0; turn < 120 && !galaxy.finished; turn++) {
    const orders = galaxy.races.map((_, race) => {
      const list = chanceOrders(Random.make("bytes", turn, race), galaxy, race, 12)
      return [race, decodeOrders(list.filter(({ op }) => op !== "vote" && op !== "quit"))] as const
    })
    const next = makeTurn(galaxy, ordersOf(Object.fromEntries(orders)))
    for (const report of turn % 5 === 4 ? next.reports : []) {
      const encoded = encode(report)
      assert.deepStrictEqual(Object.keys(report), Object.keys(encoded))
      for (const [section, lines] of Object.entries(report)) {
        const wanted = JSON.stringify(encoded[section as keyof Report])
        assert.isTrue(JSON.stringify(lines) === wanted, `${section} of turn ${turn}`)
        if (Array.isArray(lines) && lines.length > 0) seen.add(section)
      }
    }
    galaxy = next.galaxy
  }
  assert.includeMembers(
    [...seen],
    ["players", "battles", "my_planets", "routes", "my_groups", "foreign_groups", "my_fleets", "changes", "orders"]
  )
})
