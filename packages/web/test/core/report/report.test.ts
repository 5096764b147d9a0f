import type { Battle, Bombing, Report } from "@galaxy/contract/engine/Report"
import { orderCodes } from "@galaxy/contract/engine/Order"
import { orderOps } from "@galaxy/contract/engine/OrderArguments"
import { reporter } from "@galaxy/engine/report/reports"
import { ngConstants, plus } from "@galaxy/engine/rules/Ruleset"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import { battleLosses, shipsAfter, sidesOf, stepsOf, totalsOf } from "@galaxy/web/core/report/battle"
import { destroyedIn, oddsOf } from "@galaxy/web/core/report/odds"
import { sectionIds } from "@galaxy/web/core/report/sectionIds"
import { sectionTable } from "@galaxy/web/core/report/sections"
import { sinceLastTurn, weightOf } from "@galaxy/web/core/report/since"
import { explain } from "@galaxy/web/core/report/why/explain"
import { nextSorting, sorted } from "@galaxy/web/core/report/table"
import { en } from "@galaxy/web/core/words/en"
import { codeText, orderSentence } from "@galaxy/web/core/words/orderSentence"
import { ru } from "@galaxy/web/core/words/ru"
import { sinceText } from "@galaxy/web/core/words/sinceText"
import { Result } from "effect"
import { describe, expect, it } from "vitest"

/** All reports of a game between bots, by turn and race. */
const played = (() => {
  let play = Result.getOrThrow(begin({ seed: "b", players: 3, turns: 99 }))
  const turns: Array<ReadonlyArray<Report>> = []
  while (turns.length < 37 && !play.galaxy.finished) {
    const write = reporter(play.galaxy, play.log)
    turns.push(play.galaxy.races.map((_, race) => write(race)))
    play = advance(play)
  }
  return turns
})()
/** The beginning, the middle, and the war at the end. */
const reports = played.filter((_, turn) => turn === 0 || turn === 12 || turn > 31).flat()
const quiet: Report = { ...played[0]![0]!, bombings: [], battles: [], orders: [], changes: [] }
const me = quiet.race
const other = quiet.players.find(({ name }) => name !== me)!.name

const bombing = (change: Partial<Bombing>): Bombing => ({
  bomber: other,
  owner: me,
  planet: 1,
  name: "Salt",
  population: 100,
  industry: 50,
  production: "CAP",
  capital: 0,
  materials: 0,
  colonists: 0,
  power: 300,
  result: "Damaged",
  destroyed_population: 80,
  destroyed_industry: 40,
  destroyed_colonists: 0,
  new_owner: me,
  ...change
})

describe("since last turn", () => {
  it("ranks by harm: lost, bombed, approaching, idle, refused, then what is good, then research", () => {
    const planets = quiet.my_planets.map((planet, index) =>
      index === 0 ? { ...planet, production: "CAP", industry: planet.size, capital: 9 } : planet
    )
    const { new_owner: _, ...wiped } = bombing({ planet: 999, result: "Wiped" })
    const own = planets[1]!.number
    const report: Report = {
      ...quiet,
      my_planets: planets,
      bombings: [bombing({ bomber: me, owner: other }), bombing({ planet: own }), wiped],
      approaching_groups: [{ origin: 5, destination: own, distance: 9, speed: 4, mass: 30 }],
      changes: [
        { subject: "race", what: "drive", before: 1, after: 1.02, cause: "research" },
        { subject: "group", number: 1, what: "ships", before: 0, after: 3, cause: "ship_building" }
      ],
      orders: [
        { position: 0, accepted: false, code: "in_space", order: { op: "send", group: 1, planet: 2 } },
        { position: 1, accepted: true, order: { op: "merge_groups" } }
      ]
    }
    const items = sinceLastTurn(plus, report)
    expect(items.map(({ _tag }) => _tag)).toEqual([
      "lost",
      "bombed",
      "approaching",
      "idle",
      "refused",
      "bombedOthers",
      "built",
      "research"
    ])
    expect(items.find(({ _tag }) => _tag === "approaching")).toMatchObject({ turns: 3, mass: 30, groups: 1 })
    const order = ["bad", "warn", "good", "plain"]
    const weights = items.map((item) => order.indexOf(weightOf(item)))
    expect(weights).toEqual(weights.toSorted((a, b) => a - b))
  })

  it("battles with losses stand before bombs, and others after them", () => {
    const group = { index: 0, race: me, ships: 3, class: "A", drive: 1, weapons: 1, shields: 1, cargo: 1 }
    const battle = (left: number): Battle => ({
      planet: 1,
      name: "Salt",
      when: "after_flight",
      groups: [{ ...group, goods: "-", load: 0, ships_left: left, state: "In_Battle" }],
      rounds: 1,
      shots: 1,
      protocol: [],
      omitted: 0,
      totals: []
    })
    const tags = (left: number) => {
      const planet = quiet.my_planets[0]!.number
      const report: Report = { ...quiet, battles: [battle(left)], bombings: [bombing({ planet })] }
      return sinceLastTurn(plus, report).map(({ _tag }) => _tag)
    }
    expect(tags(1)).toEqual(["battles", "bombed"])
    expect(tags(3)).toEqual(["bombed", "battles"])
  })

  it("planets that came and went are told by the report before", () => {
    const gone = quiet.my_planets[0]!
    const after: Report = { ...quiet, my_planets: quiet.my_planets.slice(1) }
    expect(sinceLastTurn(plus, after, quiet)).toContainEqual(
      expect.objectContaining({ _tag: "lost", planet: gone.number, by: undefined })
    )
    expect(sinceLastTurn(plus, quiet, after)).toContainEqual({ _tag: "won", planets: [gone.number] })
    expect(sinceLastTurn(plus, quiet)).toEqual([{ _tag: "quiet" }])
  })

  it("has a sentence for everything that happened in a whole game, in both languages", () => {
    const tags = new Set<string>()
    for (const [turn, all] of played.entries()) {
      for (const [race, report] of all.entries()) {
        const items = sinceLastTurn(plus, report, played[turn - 1]?.[race])
        const weights = items.map((item) => ["bad", "warn", "good", "plain"].indexOf(weightOf(item)))
        expect(weights).toEqual(weights.toSorted((one, other) => one - other))
        for (const item of items) {
          tags.add(item._tag)
          for (const [language, words] of [
            ["en", en],
            ["ru", ru]
          ] as const) {
            const { title, text = "-" } = sinceText(words, language, item, (number) => `#${number}`)
            expect(`${title} ${text}`).not.toMatch(/undefined|NaN|Infinity|\[object/)
          }
        }
      }
    }
    expect([...tags]).toEqual(expect.arrayContaining(["battles", "approaching", "won", "built", "research", "done"]))
  })
})

describe("sections", () => {
  it("show every line of every report, with a head for each column in both languages", () => {
    const filled = new Set<string>()
    for (const report of reports) {
      for (const section of sectionIds) {
        const { columns, rows } = sectionTable(section, report, (number) => `#${number}`, plus)
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
        expect(rows.filter(({ cells }) => cells.length !== columns.length)).toEqual([])
        if (rows.length > 0) filled.add(section)
        expect(columns.filter(({ key }) => !en.report.columns[key] || !ru.report.columns[key])).toEqual([])
      }
      expect(sectionTable("my_groups", report, String, plus).rows).toHaveLength(report.my_groups.length)
    }
    // Bots make no fleets.
    expect(sectionIds.filter((section) => !filled.has(section))).toEqual(["my_fleets"])
  })

  it.each([
    [plus, 3],
    [ngConstants, 2]
  ] as const)("count a flight's turns as the engine does, as all that tells of it", (ruleset, turns) => {
    const group = { origin: 5, destination: quiet.my_planets[0]!.number, distance: 10.01, speed: 5, mass: 30 }
    const report: Report = { ...quiet, approaching_groups: [group] }
    const { columns, rows } = sectionTable("approaching", report, String, ruleset)
    const column = columns.findIndex(({ key }) => key === "turns_left")
    expect(rows[0]?.cells[column]).toMatchObject({ value: turns })
    expect(sinceLastTurn(ruleset, report)).toContainEqual(expect.objectContaining({ _tag: "approaching", turns }))
    const [figure] = explain(ruleset, report, { _tag: "approaching", index: 0 })
    expect(figure).toMatchObject({ of: "turns", value: turns })
  })

  it("sort by any column, figures from the largest, and back again", () => {
    const report = played.at(-1)![0]!
    const { rows } = sectionTable("my_planets", report, String, plus)
    const down = nextSorting(undefined, 2, true)
    const people = sorted(rows, down).map(({ cells }) => (cells[2]?._tag === "number" ? cells[2].value : 0))
    expect(people).toEqual(report.my_planets.map(({ population }) => population).toSorted((a, b) => b - a))
    const up = nextSorting(down, 2, true)
    const rising = sorted(rows, up).map(({ cells }) => (cells[2]?._tag === "number" ? cells[2].value : 0))
    expect(rising).toEqual(people.toReversed())
    expect(nextSorting(up, 2, true)).toBeUndefined()
    expect(sorted(rows, undefined)).toBe(rows)
  })
})

describe("battles", () => {
  const battles: ReadonlyArray<readonly [Report, Battle]> = reports.flatMap((report) =>
    report.battles.map((battle) => [report, battle] as const)
  )

  it("their course ends with the ships that are left, where no line was left out", () => {
    expect(battles.length).toBeGreaterThan(10)
    for (const [report, battle] of battles) {
      const steps = stepsOf(battle)
      const left = shipsAfter(battle, steps, steps.length)
      const wrong = battle.groups.filter(({ index, ships_left }) => left.get(index) !== ships_left)
      expect(battle.omitted === 0 ? wrong : []).toEqual([])
      expect(shipsAfter(battle, steps, 0).get(battle.groups[0]!.index)).toBe(battle.groups[0]!.ships)
      const sides = sidesOf(battle, report.race)
      expect(sides.reduce((sum, side) => sum + side.ships - side.left, 0)).toBe(destroyedIn(battle))
      expect(totalsOf(battle).reduce((sum, pair) => sum + pair.destroyed, 0)).toBe(destroyedIn(battle))
      const losses = battleLosses(battle, report.race)
      expect(losses === undefined || sides[0]!.race === report.race).toBe(true)
    }
  })

  it("lines of summed groups have no chance: they mix technologies and loads", () => {
    const known = battles.flatMap(([report, battle]) =>
      totalsOf(battle).flatMap((pair) =>
        oddsOf(report, plus, battle, pair.attacker, pair.target) === undefined ? [] : [{ report, battle, ...pair }]
      )
    )
    expect(known.length).toBeGreaterThan(0)
    for (const { report, battle, attacker, target } of known.slice(0, 5)) {
      const sums = { ...battle, summed: 900 }
      expect(oddsOf(report, plus, sums, attacker, target)).toBeUndefined()
      expect(explain(plus, report, { _tag: "shot", battle: sums, attacker, target })).toEqual([])
    }
  })

  it("shots that happened had a chance, by the engine's formulas", () => {
    for (const [report, battle] of battles) {
      for (const { attacker, target, destroyed } of totalsOf(battle)) {
        const odds = oddsOf(report, plus, battle, attacker, target)
        expect(odds === undefined || (odds >= 0 && odds <= 1 && (destroyed === 0 || odds > 0))).toBe(true)
      }
    }
  })
})

describe("orders in words", () => {
  it("every code has words of its own in both languages", () => {
    for (const words of [en, ru]) {
      expect(Object.keys(words.orders.codes).toSorted()).toEqual(orderCodes.toSorted())
      for (const code of orderCodes) expect(codeText(words, code)).not.toBe(words.orders.unknownCode)
      expect(codeText(words, "of_a_newer_engine")).toBe(words.orders.unknownCode)
    }
  })

  it("every order is a sentence, also one that lacks its arguments", () => {
    const full = {
      planet: 1,
      to: 2,
      product: "SHIP Drive",
      name: "New",
      race: "Vega",
      group: 3,
      ships: 2,
      fleet: "Home",
      into: "Away",
      class: "Lancer",
      science: "Mix",
      goods: "COL",
      amount: 1.5,
      block: "DRIVE",
      level: 1.25,
      drive: 1,
      armament: 2,
      weapons: 3,
      shields: 4,
      cargo: 5
    }
    const names = { race: "Lyrans", planet: (number: number) => (number === 1 ? "Lyra" : `#${number}`) }
    for (const [language, words] of [
      ["en", en],
      ["ru", ru]
    ] as const) {
      for (const op of orderOps) {
        expect(orderSentence(words, language, { op, ...full }, names)).not.toMatch(/undefined|\?|NaN/)
        expect(orderSentence(words, language, { op }, names)).not.toMatch(/undefined|NaN/)
      }
    }
    const say = (order: Parameters<typeof orderSentence>[2]) => orderSentence(en, "en", order, names)
    expect(say({ op: "produce", planet: 1, product: "Lancer" })).toBe("Lyra makes Lancer")
    expect(say({ op: "produce", planet: 1, product: "mat" })).toBe("Lyra makes ore")
    expect(say({ op: "route", planet: 1, goods: "MAT", to: 43 })).toBe("Route for ore: Lyra → #43")
    expect(say({ op: "send", group: 0, ships: 1, planet: 43 })).toBe("Send 1 ship of the newest group → #43")
    expect(say({ op: "peace", race: "Lyrans" })).toBe("Peace with everybody")
    expect(say({ op: "load", group: 19, goods: "COL" })).toBe("Load colonists on group 19")
  })
})
