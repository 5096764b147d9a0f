/** Any orders on any galaxy: nothing throws, what is impossible stays so, and orders neither make nor lose anything. */
import { Order } from "@galaxy/contract/engine/Order"
import { orderArguments, type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"
import { executeAll } from "@galaxy/engine/orders/execute"
import { deliverGifts } from "@galaxy/engine/orders/gifts"
import { freePoints } from "@galaxy/engine/formulas/production"
import * as Random from "@galaxy/engine/random/Random"
import { type Draft, draftOf, type DraftRace, galaxyOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import { chanceOrders } from "../support/chance.ts"
import { classOf, gameOf, groupOf, levels, ordersOf } from "../support/games.ts"
import { assertExplained, assertSound } from "../support/soundness.ts"

const isOrder = Schema.is(Order)

const texts = [
  "",
  " ",
  "\u0000",
  "x",
  "Mix",
  "Scout",
  "cap",
  "research",
  "SHIP",
  "SHIP Mix",
  "constructor",
  "__proto__"
]
const wild = [0, 0.3, 1, 1.5, 2, 7, 40, -1, -0.3, 1e9, 1e308, -1e308, 5e-324, 1e-300, 1e-10, Number.MAX_SAFE_INTEGER]
const words = ["COL", "CAP", "MAT", "EMP", "ALL", "DRIVE", "WEAPONS", "SHIELDS", "CARGO", "col", "XXX"]
const whole = new Set(["planet", "to", "group", "ships"])
const real = new Set(["amount", "level", "drive", "armament", "weapons", "shields", "cargo"])

/** An order of an operation whose every argument may be right, wrong, mad or missing. */
const absurd = (random: Random.Random, draft: Draft, race: DraftRace, op: OrderOp): Order => {
  const any = <A>(items: ReadonlyArray<A>, none: A): A => items[random.below(Math.max(1, items.length))] ?? none
  const groups = [...race.groups.values()]
  const known = [
    ...draft.races.map((it) => it.name),
    ...[...race.designs.values()].map((it) => it.name),
    ...groups.flatMap((it) => it.fleet ?? [])
  ]
  const argument = (name: string): unknown => {
    if (name === "group" && random.below(4) > 0) return any(groups, undefined)?.number ?? 0
    if ((name === "planet" || name === "to") && random.below(4) > 0) {
      const near = random.below(2) === 0 ? draft.planets.filter((it) => it.owner === race.index) : draft.planets
      return any(near, undefined)?.number ?? 1
    }
    if (name === "ships") return any([-1e9, -1, 0, 1, 2, 3, 1e9], 0)
    if (whole.has(name)) return any([0, 1, 2, 3, 1e6], 0)
    if (real.has(name)) return random.below(2) === 0 ? random.between(0, 12) : any(wild, 0)
    if (name === "goods" || name === "block") return any(words, "")
    return random.below(3) > 0 ? any(known, "") : any([...texts, ...words], "")
  }
  const entries = orderArguments[op].flatMap(
    (name): ReadonlyArray<readonly [string, unknown]> => (random.below(6) === 0 ? [] : [[name, argument(name)]])
  )
  return { op, ...Object.fromEntries(entries) }
}

/** With stocks, better technology, and ships that carry something: at home, at an empty planet and at a stranger's. */
const enriched = (galaxy: Galaxy): Galaxy => {
  const bulk = classOf("Bulk", "8 0 0 2 10")
  const guard = classOf("Guard", "15 1 15 15 0")
  return {
    ...galaxy,
    planets: galaxy.planets.map((it) =>
      it.owner === null ? it : { ...it, capital: it.capital + 30, materials: it.materials + 60, colonists: 40 }
    ),
    races: galaxy.races.map((race, index) => {
      const last = race.groups.at(-1)?.number ?? 0
      const home = galaxy.planets.find((it) => it.owner === index)?.number ?? 1
      const free = galaxy.planets.find((it) => it.owner === null && it.size > 0)?.number ?? 1
      const foreign = galaxy.planets.find((it) => it.owner !== null && it.owner !== index)?.number ?? 1
      const more = [
        groupOf(bulk, { at: home, ships: 5, goods: "materials", load: 6 }),
        groupOf(bulk, { at: home, ships: 6, goods: "capital", load: 5, fleet: "Convoy" }),
        groupOf(bulk, { at: home, ships: 8 }),
        groupOf(guard, { at: home, ships: 30, fleet: "Convoy" }),
        groupOf(bulk, { at: free, ships: 4, goods: "colonists", load: 3 }),
        groupOf(bulk, { at: foreign, ships: 3, goods: "colonists", load: 2 }),
        groupOf(bulk, { at: foreign, ships: 3, goods: "capital", load: 2 })
      ]
      return {
        ...race,
        techs: levels(2.345, 1.5, 2, 1.77),
        classes: [...race.classes, bulk, guard],
        groups: [...race.groups, ...more.map((it, position) => ({ ...it, number: last + 1 + position }))]
      }
    })
  }
}

/** A galaxy that players have made something of. */
const played = (seed: number): Galaxy => {
  let galaxy = gameOf(2 + (seed % 2), `properties ${seed}`)
  for (let turn = 0; turn < 8; turn++) {
    const orders = galaxy.races.map((_, race) =>
      // Nobody leaves, so that there is somebody to give orders.
      chanceOrders(Random.make("played", seed, turn, race), galaxy, race, 15).filter((it) => it.op !== "quit")
    )
    galaxy = { ...nextGalaxy(galaxy, ordersOf(orders)).galaxy, finished: false, winners: [] }
  }
  return enriched(galaxy)
}

/** All that there is, whoever has it and wherever it is. */
const totals = (draft: Draft) => {
  const { peoplePerColonist } = draft.ruleset
  const all = { materials: 0, capital: 0, people: 0, ships: 0, hulls: 0 }
  for (const planet of draft.planets) {
    all.materials += planet.materials
    all.capital += planet.capital + planet.industry
    all.people += planet.population + planet.colonists * peoplePerColonist
  }
  for (const race of draft.races) {
    for (const { goods, load, ships, design } of race.groups.values()) {
      if (goods === "materials") all.materials += load * ships
      if (goods === "capital") all.capital += load * ships
      if (goods === "colonists") all.people += load * ships * peoplePerColonist
      all.ships += ships
      all.hulls += design.mass * ships
    }
  }
  return all
}

/** Everything that an order could have changed; a race that gives one is there, whatever becomes of it. */
const snapshot = (draft: Draft): string =>
  JSON.stringify([
    draft.planets,
    draft.events,
    draft.races.map(({ designs, sciences, groups, ...race }) => [
      { ...race, idle_turns: 0, quitting: false },
      [...designs],
      [...sciences],
      [...groups]
    ])
  ])

const near = (one: number, other: number, what: string): void =>
  assert.closeTo(one, other, 1e-9 * Math.max(1, Math.abs(other)) + 1e-6, what)

const seeds = Array.from({ length: 12 }, (_, seed) => seed)

it("any orders leave a galaxy that can be, with what there was", { timeout: 120_000 }, () => {
  const accepted = new Set<OrderOp>()
  const refused = new Set<OrderOp>()
  for (const seed of seeds) {
    const random = Random.make("any orders", seed)
    const before = played(seed)
    const draft = draftOf(before)
    for (let step = 0; step < 250; step++) {
      const race = raceOf(draft, random.below(draft.races.length))
      const sensible = chanceOrders(random, galaxyOf(before, draft), race.index, 1)[0]!
      const order = random.below(2) === 0 ? sensible : absurd(random, draft, race, orderOps[step % orderOps.length]!)
      const what = `game ${seed}, step ${step}: ${JSON.stringify(order)}`
      assert.isTrue(isOrder(order), what)
      const first = totals(draft)
      const untouched = snapshot(draft)
      const levels = new Map([...race.groups.values()].map((it) => [it.number, it.techs]))

      const [verdict] = executeAll(draft, race, [order])
      deliverGifts(draft)

      if (verdict?.accepted !== true) {
        refused.add(order.op)
        assert.isNotEmpty(verdict?.code, what)
        assert.isTrue(snapshot(draft) === untouched, `${what} was refused and changed something`)
        continue
      }
      accepted.add(order.op)
      const last = totals(draft)
      near(last.capital, first.capital, `${what}: capital`)
      near(last.people, first.people, `${what}: people`)
      if (order.op === "dismantle") assert.isBelow(last.ships, first.ships, what)
      else assert.strictEqual(last.ships, first.ships, what)
      // Only a hull that is given up lays ore down, which was mined for it when its points were banked.
      if (order.op === "produce") assert.isAtLeast(last.materials, first.materials, what)
      else near(last.materials + last.hulls, first.materials + first.hulls, `${what}: materials`)
      for (const planet of draft.planets) {
        const stocks = [planet.capital, planet.materials, planet.colonists]
        assert.isTrue(
          stocks.every((it) => it >= 0 && Number.isFinite(it)),
          what
        )
        assert.isAtLeast(freePoints(draft.ruleset, planet, planet.spent), -1e-9, `${what}: more points than there are`)
      }
      for (const group of race.groups.values()) {
        const old = levels.get(group.number)
        if (old === undefined || order.op !== "upgrade") continue
        for (const block of ["drive", "weapons", "shields", "cargo"] as const) {
          assert.isAtLeast(group.techs[block], old[block], what)
        }
      }
      if (step % 5 === 0) assertSound(galaxyOf(before, draft))
    }
    const after = galaxyOf(before, draft)
    assertSound(after)
    assertExplained(before, draft.events, after)
  }
  // Else this would have shown little.
  assert.deepStrictEqual(
    orderOps.filter((op) => !accepted.has(op)),
    []
  )
  assert.deepStrictEqual(
    orderOps.filter((op) => !refused.has(op)),
    ["merge_groups"]
  )
})

it("groups that are split and merged are what they were", () => {
  for (const seed of seeds) {
    const before = played(seed)
    const random = Random.make("split and merge", seed)
    const draft = draftOf(before)
    const race = raceOf(draft, 0)
    executeAll(draft, race, [{ op: "merge_groups" }])
    const merged = JSON.stringify([...race.groups])
    for (const group of Array.from(race.groups.values())) {
      if (group.state === "in_space" || group.fleet !== null || group.ships < 2) continue
      const ships = 1 + random.below(group.ships - 1)
      const [verdict] = executeAll(draft, race, [{ op: "break_group", group: group.number, ships }])
      assert.isTrue(verdict?.accepted)
    }
    executeAll(draft, race, [{ op: "merge_groups" }])
    assert.strictEqual(JSON.stringify([...race.groups]), merged, `game ${seed}`)
  }
})
