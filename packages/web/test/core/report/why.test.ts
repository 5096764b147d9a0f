import { runInThisContext } from "node:vm"
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { grow } from "@galaxy/engine/formulas/growth"
import { reporter } from "@galaxy/engine/report/reports"
import { toHundredths } from "@galaxy/engine/report/rounding"
import { ngConstants, plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import { matchesOf } from "@galaxy/web/core/game/designer"
import { withProducts } from "@galaxy/web/core/game/intents"
import { intentsOf } from "@galaxy/web/core/map/intents"
import { columnKeys } from "@galaxy/web/core/report/columns"
import { classesSeen } from "@galaxy/web/core/report/digest"
import { sectionIds } from "@galaxy/web/core/report/sectionIds"
import { sectionTable } from "@galaxy/web/core/report/sections"
import { explain, type Subject } from "@galaxy/web/core/report/why/explain"
import { oddsFigures } from "@galaxy/web/core/report/why/fight"
import type { Figure, Quantity, Step, Token } from "@galaxy/web/core/report/why/formula"
import { designFigures, shipFigures } from "@galaxy/web/core/report/why/shipFigures"
import { figureAt, subjectOf } from "@galaxy/web/core/report/why/subjects"
import { piecesOf } from "@galaxy/web/core/words/whyText"
import { whyWords } from "@galaxy/web/core/words/whyWords"
import { Result } from "effect"
import { describe, expect, it } from "vitest"

/** Reports of a war between bots: what a turn came to can be read in the one after it. */
const turns: ReadonlyArray<ReadonlyArray<Report>> = (() => {
  let play = Result.getOrThrow(begin({ seed: "b", players: 3, turns: 99 }))
  const all: Array<ReadonlyArray<Report>> = []
  while (all.length < 37 && !play.galaxy.finished) {
    const write = reporter(play.galaxy, play.log)
    all.push(play.galaxy.races.map((_, race) => write(race)))
    play = advance(play)
  }
  return all
})()
const reports = turns.filter((_, turn) => turn % 4 === 0 || turn > 31).flat()

const operators: Readonly<Record<string, string>> = {
  "−": "-",
  "×": "*",
  "÷": "/",
  "²": "**2",
  "√": "Math.sqrt",
  "∛": "Math.cbrt",
  "log₄": "0.5*Math.log2",
  min: "Math.min",
  max: "Math.max",
  "⌈": "Math.ceil(-1e-9+",
  "⌉": ")"
}

/** What the formula says, computed from the numbers that it shows. */
const computed = (tokens: ReadonlyArray<Token>): number => {
  const text = tokens.map((it) => (typeof it === "string" ? (operators[it] ?? it) : `(${it.value})`)).join("")
  return Number(runInThisContext(text))
}

/** Steps that don't come to what they say. */
const wrongSteps = (figures: ReadonlyArray<Figure>): ReadonlyArray<Step> =>
  figures
    .flatMap(({ steps }) => steps)
    .filter(({ tokens, value }) => Math.abs(computed(tokens) - value) > 1e-6 * Math.max(1, Math.abs(value)))

const cruiser = { drive: 10, armament: 1, weapons: 10, shields: 10, cargo: 0 }

const subjectsOf = (report: Report): ReadonlyArray<Subject> => [
  { _tag: "design", design: { ...cruiser, cargo: 5 } },
  ...report.foreign_classes.flatMap(
    (foe): ReadonlyArray<Subject> => [true, false].map((mine) => ({ _tag: "match", design: cruiser, foe, mine }))
  ),
  ...sectionIds.flatMap((section) =>
    sectionTable(section, report, String, plus).rows.flatMap(({ id }) => subjectOf(section, id, report) ?? [])
  ),
  ...report.battles.flatMap((battle) =>
    battle.totals.map(
      ({ attacker, target }): Subject => ({
        _tag: "shot",
        battle,
        attacker: battle.groups[attacker]!,
        target: battle.groups[target]!
      })
    )
  )
]

const valueOf = (figures: ReadonlyArray<Figure>, of: Quantity): number | undefined =>
  figures.find((it) => it.of === of)?.value

describe("why a figure is what it is", () => {
  it.each([plus, ngConstants])("$name: every formula comes to what it shows", (ruleset: Ruleset) => {
    let steps = 0
    const wrong = reports.flatMap((report) =>
      subjectsOf(report).flatMap((subject) => {
        const figures = explain(ruleset, report, subject)
        steps += figures.reduce((all, it) => all + it.steps.length, 0)
        // The bombs of these reports fell by the rules of `plus`.
        return subject._tag === "bombing" && ruleset !== plus ? [] : wrongSteps(figures)
      })
    )
    expect(wrong.slice(0, 3)).toEqual([])
    expect(steps).toBeGreaterThan(3_000)
  })

  it.each([plus, ngConstants])("$name: also of ships that are given up", (ruleset: Ruleset) => {
    const figures = reports.flatMap((report) =>
      ["CAP", "MAT", "Needle"].flatMap((product) => {
        const design: Order = { op: "design_class", name: "Needle", drive: 1, weapons: 0, shields: 0, cargo: 0 }
        const orders = [design, ...report.yards.map(({ planet }): Order => ({ op: "produce", planet, product }))]
        const intents = intentsOf(
          report,
          orders.map((order, id) => ({ id, order, refused: false }))
        )
        const drafted = withProducts(report, intents)
        return report.yards.flatMap(({ planet }) => explain(ruleset, drafted, { _tag: "planet", number: planet }))
      })
    )
    expect(wrongSteps(figures).slice(0, 3)).toEqual([])
    expect(figures.filter(({ of }) => of === "oreReturned").length).toBeGreaterThan(10)
  })

  it("figures of ships, planets and races are those of the report", () => {
    const near = (one: number | undefined, other: number) => one !== undefined && Math.abs(one - other) < 0.011
    const wrong: Array<unknown> = []
    for (const report of reports) {
      for (const group of report.my_groups) {
        const figures = explain(plus, report, { _tag: "group", number: group.number })
        if (!near(valueOf(figures, "mass"), group.mass)) wrong.push([group, figures])
        if (group.fleet === undefined && group.speed > 0 && !near(valueOf(figures, "speed"), group.speed))
          wrong.push(group)
      }
      for (const planet of [...report.my_planets, ...report.foreign_planets]) {
        const figures = explain(plus, report, { _tag: "planet", number: planet.number })
        if (!near(valueOf(figures, "points"), planet.free_points)) wrong.push(planet)
      }
      for (const { race, own, received } of report.votes.races) {
        const figures = explain(plus, report, { _tag: "race", name: race })
        const line = report.players.find(({ name }) => name === race)
        if (line?.extinct === true) continue
        if (!near(valueOf(figures, "votes"), own) || !near(valueOf(figures, "received"), received)) wrong.push(race)
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it("the forecast of people, and of research, is what the next turn brings", () => {
    let compared = 0
    const wrong: Array<unknown> = []
    for (const [turn, all] of turns.entries()) {
      for (const [race, report] of all.entries()) {
        const after = turns[turn + 1]?.[race]
        if (after === undefined) continue
        const bombed = new Set(after.bombings.map(({ planet }) => planet))
        for (const planet of report.my_planets) {
          const then = after.my_planets.find(({ number }) => number === planet.number)
          const landed = after.changes.some(
            (it) => it.number === planet.number && it.what === "population" && it.cause !== "growth"
          )
          if (then === undefined || bombed.has(planet.number) || landed) continue
          const figures = explain(plus, report, { _tag: "planet", number: planet.number })
          compared++
          if (Math.abs((valueOf(figures, "newPopulation") ?? 0) - then.population) > 0.02)
            wrong.push([turn, planet, then])
        }
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
    expect(compared).toBeGreaterThan(100)
  })

  it("the rules' own examples", () => {
    const techs = { drive: 1, weapons: 1, shields: 1, cargo: 1 }
    const twin = { design: cruiser, techs, load: 0 }
    expect(valueOf(oddsFigures(plus, twin, twin), "odds")).toBeCloseTo(0.5, 9)
    const freighter = designFigures(plus, { drive: 80, armament: 2, weapons: 2, shields: 30, cargo: 100 }, techs)
    expect(valueOf(freighter, "hold")).toBe(600)
    expect(toHundredths(valueOf(freighter, "speedFull") ?? 0)).toBe(1.97)
    const raider = { design: { drive: 60, armament: 3, weapons: 30, shields: 100, cargo: 0 }, techs, load: 0 }
    expect(toHundredths(valueOf(shipFigures(plus, raider, { ships: 2 }), "bombing") ?? 0)).toBeCloseTo(278.59, 1)
    const old = { design: { drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }, techs, load: 0 }
    const raceTechs = { drive: 2, weapons: 2, shields: 2, cargo: 2 }
    expect(valueOf(shipFigures(plus, old, { raceTechs }), "upgrade")).toBe(225)
    expect(grow(plus, { population: 100, colonists: 0, size: 400 }).population).toBe(108)
  })

  it("what is pointed at in a table is among the figures, unless nothing is known", () => {
    const missing: Array<unknown> = []
    for (const report of reports.slice(-6)) {
      for (const section of sectionIds) {
        const figures = columnKeys.flatMap((column) => figureAt(section, column) ?? [])
        for (const { id } of sectionTable(section, report, String, plus).rows.slice(0, 5)) {
          const subject = subjectOf(section, id, report)
          if (subject === undefined) {
            if (figures.length > 0) missing.push(section)
            continue
          }
          if (explain(plus, report, subject).length === 0 && section.startsWith("my_")) missing.push([section, id])
        }
      }
    }
    expect(missing.slice(0, 3)).toEqual([])
  })

  it("a planet is explained with the product that the draft gives it", () => {
    const report = reports.findLast(({ yards }) => yards.some(({ banked }) => banked > 0))!
    const yard = report.yards.find(({ banked }) => banked > 0)!
    const figuresWith = (...orders: ReadonlyArray<Order>) => {
      const intents = intentsOf(
        report,
        orders.map((order, id) => ({ id, order, refused: false }))
      )
      return explain(plus, withProducts(report, intents), { _tag: "planet", number: yard.planet })
    }
    const produce = (product: string): Order => ({ op: "produce", planet: yard.planet, product })
    const banked = (figures: ReadonlyArray<Figure>) =>
      figures
        .filter(({ of }) => of === "shipsBuilt")
        .flatMap(({ steps }) => steps.flatMap(({ tokens }) => tokens))
        .find((it) => typeof it !== "string" && it.of === "banked")

    expect(banked(figuresWith())).toMatchObject({ value: yard.banked })
    expect(figuresWith(produce("cap")).map(({ of }) => of)).toContain("newCapital")
    // Points are banked for one class, and another one begins without them.
    const design: Order = {
      op: "design_class",
      name: "Needle",
      drive: 1,
      armament: 0,
      weapons: 0,
      shields: 0,
      cargo: 0
    }
    expect(banked(figuresWith(design, produce("needle")))).toMatchObject({ value: 0 })
    const science: Order = { op: "create_science", name: "Both", drive: 1, weapons: 1, shields: 0, cargo: 0 }
    const researched = figuresWith(science, produce("Both")).filter(
      ({ of }) => of === "newDrive" || of === "newWeapons"
    )
    expect(researched.map(({ notes }) => notes)).toEqual([["rounded"], ["rounded"]])
    expect(researched.map(({ steps }) => steps[0]?.tokens)).toMatchObject([
      expect.arrayContaining([{ value: 0.5, of: "share" }]),
      expect.arrayContaining([{ value: 0.5, of: "share" }])
    ])
  })

  it("ships of another's planet aren't foretold, since nobody sees what is banked there", () => {
    const figures = reports.flatMap((report) =>
      report.foreign_planets.flatMap(({ owner, number, production }) =>
        report.foreign_classes.some(({ race, name }) => race === owner && name === production)
          ? explain(plus, report, { _tag: "planet", number }).filter(({ of }) => of === "shipsBuilt")
          : []
      )
    )
    expect(figures.length).toBeGreaterThan(0)
    expect(figures.filter(({ steps, notes }) => steps.length > 0 || notes?.[0] !== "bankedUnknown")).toEqual([])
  })

  it("the odds of a design are those that the designer shows", () => {
    const report = reports.findLast(({ foreign_classes: classes }) => classes.some(({ armament }) => armament > 0))
    const shown = report === undefined ? [] : matchesOf(plus, report, cruiser, classesSeen(report, new Map()))
    expect(shown.length).toBeGreaterThan(0)
    for (const { foe, hits, hurts } of shown) {
      const odds = (mine: boolean) =>
        valueOf(explain(plus, report!, { _tag: "match", design: cruiser, foe, mine }), "odds")
      expect([odds(true), odds(false)]).toEqual([hits, hurts])
    }
  })

  it("reads as numbers with names", () => {
    const pieces = piecesOf(whyWords.en, "en", [{ value: 0.75 }, "×", { value: 1_000, of: "industry" }])
    expect(pieces).toEqual([{ text: "0.75" }, { text: "×" }, { text: "1,000", name: "industry" }])
  })
})
