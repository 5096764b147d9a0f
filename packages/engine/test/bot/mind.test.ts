/** What bots remember, whom they fight and trust, and where their ships go, in small galaxies made to measure. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { playTurn } from "@galaxy/engine/bot/botOrders"
import { blank, maxSeen, type Memory } from "@galaxy/engine/bot/Memory"
import { remember } from "@galaxy/engine/bot/remember"
import { type Style, styleOf } from "@galaxy/engine/bot/style"
import { reportsOf } from "@galaxy/engine/report/reports"
import type { Galaxy, Planet, Race } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, levels, raceName } from "../support/games.ts"

const scout = classOf("Scout", "1 0 0 0 0")
const settler = classOf("Settler", "10 0 0 0 5")
const warship = classOf("Warship", "15 1 15 15 0")
const classes = [scout, settler, warship]

const style: Style = { ...styleOf("mind", "hard", "builder"), warship: { ...warship } }
const diplomat: Style = { ...styleOf("mind", "hard", "diplomat"), warship: { ...warship } }

const free: Partial<Planet> = { owner: null, population: 0, industry: 0 }
const reportOf = (galaxy: Galaxy): Report => reportsOf(galaxy, [])[0]!

/** The orders and memory of the first race's bot. */
const played = (galaxy: Galaxy, memory: Memory = blank, how = style) => playTurn(reportOf(galaxy), memory, how)
const only = (orders: ReadonlyArray<Order>, op: Order["op"]) => orders.filter((it) => it.op === op)

/** Own warships at planet 1, as many as the fight takes. */
const fleet = (ships: number, tech = 1) => groupOf(warship, { number: 1, ships, techs: levels(tech) })
const watcher = (number: number, at: number) => groupOf(scout, { number, at })

describe("the memory of a bot", () => {
  const planets = [{}, { ...free, x: 10, size: 300 }, { x: 20, owner: 1 }]
  const seeing = galaxyOf(planets, { turn: 7 }, [{ classes, groups: [watcher(1, 2), watcher(2, 3)] }, {}])
  const blind = galaxyOf(planets, { turn: 9 }, [{ classes, groups: [] }, {}])

  it("keeps what scouts saw when they are gone", () => {
    const seen = remember(blank, reportOf(seeing))
    assert.deepStrictEqual(seen.planets, [
      [2, 7, 300, 10, null, 0],
      [3, 7, 1000, 10, 1, 0]
    ])
    assert.deepStrictEqual(remember(seen, reportOf(blind)).planets, seen.planets)
  })

  it("lets settlers go to a planet that nobody watches any more", () => {
    const ready = galaxyOf([{ colonists: 10 }, planets[1]!, planets[2]!], { turn: 9 }, [
      { classes, groups: [groupOf(settler, { number: 1, techs: levels(1) })] },
      {}
    ])
    const sent = (memory: Memory) => only(played(ready, memory).orders, "send").map((it) => it.planet)
    assert.deepStrictEqual(sent(remember(blank, reportOf(seeing))), [2])
    assert.deepStrictEqual(sent(blank), [])
  })

  it("forgets what it saw longest ago when there is too much", () => {
    const old = Array.from({ length: maxSeen }, (_, at) => [at + 100, at === 5 ? 1 : 2, 10, 1, null, 0] as const)
    const { planets: kept } = remember({ ...blank, planets: old }, reportOf(seeing))
    assert.strictEqual(kept.length, maxSeen)
    const numbers = kept.map((it) => it[0])
    assert.includeMembers(numbers, [2, 3])
    assert.notInclude(numbers, 105)
  })

  it("takes the planets of a race that has left for free", () => {
    const seen = remember(blank, reportOf(seeing))
    const gone = galaxyOf([{}, planets[1]!, { ...free, x: 20 }], { turn: 9 }, [
      { classes },
      { removed: { turn: 8, reason: "idle" } }
    ])
    assert.deepStrictEqual(remember(seen, reportOf(gone)).planets[1], [3, 7, 1000, 10, null, 0])
  })
})

describe("war and peace", () => {
  /** Three races in a row; the second has more people than the third, and both are watched. */
  const three = (change: Partial<Race>, turn = 40, own: Partial<Planet> = {}): Galaxy =>
    galaxyOf(
      [
        { ...own },
        { x: 20, owner: 1, size: 1500, population: 1500, industry: 100 },
        { x: 24, owner: 2, population: 800, industry: 100 }
      ],
      { turn },
      [{ classes, groups: [fleet(40), watcher(2, 2), watcher(3, 3)], ...change }, {}, {}]
    )

  it("targets the strongest neighbour that it can beat, and is at peace with the others", () => {
    const { orders, memory } = played(three({}))
    assert.deepStrictEqual(memory.target, [1, 40])
    assert.deepStrictEqual(only(orders, "peace"), [{ op: "peace", race: raceName(2) }])
    assert.deepStrictEqual(
      only(orders, "send").map((it) => it.planet),
      [2]
    )
  })

  it("passes over one that is too strong for it", () => {
    const strong = three({})
    const races = strong.races.map((it, index) => (index === 1 ? { ...it, techs: levels(9) } : it))
    assert.deepStrictEqual(played({ ...strong, races }).memory.target, [2, 40])
  })

  it("attacks nobody before its time, and makes peace with all", () => {
    const { orders, memory } = played(three({}, 5))
    assert.isNull(memory.target)
    assert.strictEqual(only(orders, "peace").length, 2)
    assert.isEmpty(only(orders, "send").filter((it) => it.group === 1))
  })

  it("keeps its target while there is hope, and gives it up in the end", () => {
    const before: Memory = { ...blank, target: [2, 30] }
    assert.deepStrictEqual(played(three({}), before).memory.target, [2, 30])
    assert.deepStrictEqual(played(three({}, 71), before).memory.target, [1, 71])
  })

  it("fights back for some turns, then makes peace again", () => {
    const memory: Memory = { ...blank, attacks: [[2, 5]] }
    const relations = (turn: number, peace: ReadonlyArray<number>) => {
      const { orders } = played(three({ peace_with: peace }, turn), memory)
      return [...only(orders, "war"), ...only(orders, "peace")]
    }
    assert.deepStrictEqual(relations(6, [1, 2]), [{ op: "war", race: raceName(2) }])
    assert.deepStrictEqual(relations(13, [1]), [{ op: "peace", race: raceName(2) }])
  })

  it("sends no more ships than a target takes, and the rest to the next one", () => {
    const memory: Memory = { ...blank, attacks: [[2, 39]] }
    const sent = only(played(three({ groups: [fleet(200), watcher(2, 2), watcher(3, 3)] }), memory).orders, "send")
    assert.sameMembers(
      sent.filter((it) => it.group === 1 && it.planet !== 1).map((it) => it.planet),
      [2, 3]
    )
  })

  it("turns all grown planets to warships while enemies are at one of them", () => {
    const home = [{}, { x: 5 }, { x: 10 }].map((it) => ({ ...it, production: { kind: "capital" } as const }))
    const memory: Memory = { ...blank, attacks: [[1, 9]] }
    const arming = (ships: number) => {
      const raiders = ships === 0 ? [] : [groupOf(warship, { number: 1, ships, techs: levels(1) })]
      const galaxy = galaxyOf([...home, { x: 40, owner: 1 }], { turn: 10 }, [
        { classes, groups: [watcher(1, 4)] },
        { classes, groups: raiders }
      ])
      return only(played(galaxy, memory).orders, "produce").filter((it) => it.product === "Warship").length
    }
    assert.strictEqual(arming(30), 3)
    assert.isBelow(arming(0), 3)
  })

  it("leaves the game when it has neither planets nor colonists", () => {
    const lost = galaxyOf([{ owner: 1 }], { turn: 50 }, [{ classes, groups: [fleet(1)] }, {}])
    assert.deepStrictEqual(played(lost).orders, [{ op: "quit", race: raceName(0) }])
  })
})

describe("alliances", () => {
  const voting = (
    votes: ReadonlyArray<number>,
    turn: number,
    how = style,
    memory = blank,
    sizes = [800, 800, 800, 800]
  ) =>
    only(
      played(
        galaxyOf(
          sizes.map((population, owner) => ({ x: 25 * owner, owner, population, industry: population })),
          { turn },
          votes.map((votes_for) => ({ votes_for, classes }))
        ),
        memory,
        how
      ).orders,
      "vote"
    ).map((it) => it.race)

  it("answer a race that votes for them, but not one that has just attacked", () => {
    assert.deepStrictEqual(voting([0, 0, 2, 3], 20), [raceName(1)])
    assert.deepStrictEqual(voting([0, 0, 2, 3], 14), [])
    assert.deepStrictEqual(voting([0, 0, 2, 3], 20, style, { ...blank, attacks: [[1, 10]] }), [])
    assert.deepStrictEqual(voting([1, 0, 2, 3], 20, style, { ...blank, attacks: [[1, 10]] }), [raceName(0)])
  })

  it("are offered by diplomats for some turns, and the offer is taken back", () => {
    assert.strictEqual(voting([0, 1, 2, 3], 20, diplomat).length, 1)
    assert.deepStrictEqual(voting([0, 1, 2, 3], 20), [])
    assert.deepStrictEqual(voting([2, 1, 2, 3], 23, diplomat), [raceName(0)])
    assert.deepStrictEqual(voting([1, 0, 2, 3], 23, diplomat), [])
  })

  it("are never offered to a race that would win by it alone", () => {
    for (const turn of [20, 30, 40]) {
      const offers = voting([0, 1, 2, 3], turn, diplomat, blank, [600, 1000, 10, 10])
      assert.notInclude(offers, raceName(1))
    }
  })

  it("are nothing for easy bots", () => {
    assert.deepStrictEqual(voting([0, 0, 2, 3], 20, styleOf("mind", "easy", "diplomat")), [])
  })
})

describe("routes", () => {
  const laid = (planets: ReadonlyArray<Partial<Planet>>) =>
    only(played(galaxyOf(planets, {}, [{ classes }])).orders, "route")

  it("carry colonists from full planets to young ones, and empty ships back", () => {
    assert.deepStrictEqual(laid([{}, { x: 8, population: 100, industry: 50 }]), [
      { op: "route", planet: 1, goods: "COL", to: 2 },
      { op: "route", planet: 2, goods: "EMP", to: 1 }
    ])
  })

  it("change when a planet is full, and stay while they are right", () => {
    const routes = [{ colonists: 2 }, { empty: 1 }]
    assert.deepStrictEqual(
      laid([{ routes: routes[0]! }, { x: 8, population: 100, industry: 50, routes: routes[1]! }]),
      []
    )
    assert.deepStrictEqual(laid([{ routes: routes[0]! }, { x: 8, routes: routes[1]! }]), [
      { op: "route", planet: 1, goods: "COL" },
      { op: "route", planet: 2, goods: "EMP" }
    ])
  })
})
