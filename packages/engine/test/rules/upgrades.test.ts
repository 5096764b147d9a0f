/** What it costs to raise ships, by the formula and by the order itself. */
import { blockCost, blockMass, payable, shipCost } from "@galaxy/engine/formulas/upgrade"
import { executeAll } from "@galaxy/engine/orders/execute"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { blockTechs, designOf, draftOf, planetOf, raceOf } from "@galaxy/engine/state/Draft"
import { technologies, type Technology } from "@galaxy/engine/state/technologies"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, groupOf, levels } from "../support/games.ts"
import { departures, design, eachCase, near, shipClass } from "./oracle.ts"

const FourTechs = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite, Schema.Finite])

const UpgradeCase = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literals(["cost common; partial rule differs", "common", "plus"]),
  input: Schema.Struct({
    type: Schema.String,
    ...design,
    ships: Schema.Int,
    ship_tech: FourTechs,
    race_tech: FourTechs,
    planet_points: Schema.Finite,
    ships_argument: Schema.optionalKey(Schema.NullOr(Schema.Int))
  }),
  expected: Schema.StructWithRest(
    Schema.Struct({
      cost_per_ship_by_block: Schema.optionalKey(
        Schema.Struct({
          drive: Schema.Finite,
          weapons: Schema.Finite,
          shields: Schema.Finite,
          cargo: Schema.Finite
        })
      )
    }),
    [Schema.Record(Schema.String, Schema.Unknown)]
  ),
  expected_ng_only: Schema.optionalKey(
    Schema.Struct({
      points_spent: Schema.Finite,
      groups_after: Schema.Array(
        Schema.Struct({
          ships: Schema.Int,
          td: Schema.Finite,
          tw: Schema.Finite,
          ts: Schema.Finite,
          tc: Schema.Finite
        })
      )
    })
  )
})

eachCase("upgrades", UpgradeCase, ({ input, expected, expected_ng_only: theirs }) => () => {
  const blocks = shipClass(input.type, input)
  const ship = designOf(blocks)
  const from = blockTechs(ship, levels(...input.ship_tech))
  const to = blockTechs(ship, levels(...input.race_tech))
  const { cost_per_ship_by_block: byBlock, ...totals } = expected
  for (const block of technologies) {
    if (byBlock === undefined) continue
    near(blockCost(plus, blockMass(ship, block), from[block], to[block]), byBlock[block], `cost of ${block}`)
  }
  const cost = shipCost(plus, ship, from, to)
  const affordable = payable(plus, cost, input.planet_points)

  const galaxy = galaxyOf(
    [{ size: 10 * input.planet_points, population: input.planet_points, industry: input.planet_points }],
    {},
    [
      {
        techs: levels(...input.race_tech),
        classes: [blocks],
        groups: [groupOf(blocks, { ships: input.ships, techs: from })]
      }
    ]
  )
  const draft = draftOf(galaxy, plus)
  const race = raceOf(draft, 0)
  const ships = input.ships_argument ?? undefined
  const [verdict] = executeAll(draft, race, [
    { op: "upgrade", group: 1, block: "ALL", ...(ships === undefined ? {} : { ships }) }
  ])
  const fraction = Math.min(1, input.planet_points / cost)
  const part = (block: Technology): number =>
    Math.round((from[block] + (to[block] - from[block]) * fraction + 1e-9) * 100) / 100
  if (cost === 0 || (affordable === 0 && technologies.every((block) => part(block) === from[block]))) {
    assert.strictEqual(verdict?.code, cost === 0 ? "nothing_to_upgrade" : "no_points")
    near(cost, Number(totals["cost_per_ship"]), "cost")
    return
  }
  assert.isTrue(verdict?.accepted, verdict?.message)
  const { spent } = planetOf(draft, 1)
  const groups = [...race.groups.values()]
  const raised = groups.filter((it) => it.state === "upgrading")
  assert.strictEqual(raised.length, 1)

  const named = ships === undefined || ships === 0 ? input.ships : Math.min(ships, input.ships)
  const whole = Math.min(named, affordable)
  const actual: Readonly<Record<string, unknown>> = {
    cost_per_ship: cost,
    ships_fully_upgradable_with_points: Math.min(input.ships, affordable),
    ships_upgraded: whole,
    points_spent: spent,
    points_left: input.planet_points - spent
  }
  assert.deepStrictEqual(departures(actual, totals), [])

  // Whole ships as far as the points go, or a part of one.
  assert.strictEqual(raised[0]?.ships, Math.max(1, whole))
  assert.strictEqual(
    groups.reduce((sum, it) => sum + it.ships, 0),
    input.ships
  )
  near(spent, whole > 0 ? whole * cost : input.planet_points, "points spent")
  if (theirs !== undefined && (whole === named || named === 1)) {
    // Where the points are enough, or there is one ship only, the other engine does the same.
    near(spent, theirs.points_spent, "points spent")
    const shown = groups.map((it) => ({
      ships: it.ships,
      td: it.techs.drive,
      tw: it.techs.weapons,
      ts: it.techs.shields,
      tc: it.techs.cargo
    }))
    assert.strictEqual(shown.length, theirs.groups_after.length)
    for (const wanted of theirs.groups_after) {
      const same = shown.some((it) => it.ships === wanted.ships && departures(it, wanted).length === 0)
      assert.isTrue(same, `${JSON.stringify(wanted)} isn't in ${JSON.stringify(shown)}`)
    }
  } else {
    for (const block of technologies) near(raised[0]?.techs[block], whole > 0 ? to[block] : part(block), block)
  }
})
