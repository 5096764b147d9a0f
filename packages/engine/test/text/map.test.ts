/** The map in characters: every planet where it is, on a square whose edges are joined. */
import { Report, type UnknownPlanet } from "@galaxy/contract/engine/Report"
import { ngConstants } from "@galaxy/engine/rules/Ruleset"
import { renderMap } from "@galaxy/engine/text/map"
import { assert, describe, it } from "@effect/vitest"
import { fullReport } from "./reportFixture.ts"

const linesOf = (text: string): ReadonlyArray<string> => text.slice(0, -1).split("\n")

/** Lines of the grid without its border. */
const gridOf = (text: string): ReadonlyArray<string> =>
  linesOf(text)
    .filter((line) => /\|.{72}\|$/.test(line))
    .map((line) => line.slice(-73, -1))

/** Column and row of a text on the grid. */
const find = (text: string, what: string): ReadonlyArray<number> | undefined => {
  const grid = gridOf(text)
  const row = grid.findIndex((line) => line.includes(what))
  return row < 0 ? undefined : [grid[row]?.indexOf(what) ?? -1, row]
}

const below = (text: string): ReadonlyArray<string> => {
  const lines = linesOf(text)
  return lines.slice(lines.findLastIndex((line) => line.endsWith("-+")) + 1)
}

const unknown = (...planets: ReadonlyArray<UnknownPlanet>): Report => ({
  ...fullReport,
  summary: { ...fullReport.summary, size: 72 },
  my_planets: [],
  foreign_planets: [],
  uninhabited_planets: [],
  unidentified_groups: [],
  unknown_planets: planets
})

describe("a map", () => {
  it("has 36 lines of 72 characters, and fits into 80 columns", () => {
    const grid = gridOf(renderMap(fullReport))
    assert.lengthOf(grid, 36)
    for (const line of grid) assert.lengthOf(line, 72)
    for (const line of linesOf(renderMap(fullReport))) assert.isAtMost(line.length, 80)
  })

  it("shows each planet where it is, with its number and a mark for its owner", () => {
    const text = renderMap({ ...fullReport, unidentified_groups: [{ x: 20, y: 20 }] })
    // The side is 120.5: a character stands for 1.67 light years, a line for 3.35.
    assert.deepStrictEqual(find(text, "*3"), [6, 29])
    assert.deepStrictEqual(find(text, "A5"), [29, 14])
    assert.deepStrictEqual(find(text, "o4"), [7, 26])
    assert.deepStrictEqual(find(text, ".8"), [46, 2])
    assert.deepStrictEqual(find(text, "x"), [11, 5])
    assert.deepStrictEqual(below(text), [
      "  A character is 1.67 light years wide and 3.35 high.",
      "  * yours",
      "  o nobody's",
      "  . unknown",
      "  A Martians",
      "  x unidentified ships"
    ])
  })

  it("writes coordinates on its edges", () => {
    const lines = linesOf(renderMap(unknown({ number: 1, x: 24, y: 36 })))
    assert.match(lines[0] ?? "", /^ {7}0 +12 +24 +36 +48 +60$/)
    assert.deepStrictEqual(find(lines.join("\n") + "\n", ".1"), [24, 18])
    const marks = lines
      .slice(2, 38)
      .map((line) => line.slice(0, 6).trim())
      .filter((it) => it !== "")
    assert.deepStrictEqual(marks, ["0", "12", "24", "36", "48", "60"])
  })

  it("shows planets in one cell as a crowd, and lists them", () => {
    const text = renderMap(
      unknown({ number: 1, x: 10, y: 10 }, { number: 2, x: 10.5, y: 11.9 }, { number: 3, x: 12, y: 10 })
    )
    assert.deepStrictEqual(find(text, "+ .3"), [10, 5])
    assert.includeMembers([...below(text)], ["  + several planets", "  + #1, #2"])
  })

  it("leaves out numbers that don't fit, and says how many", () => {
    const text = renderMap(
      unknown(
        { number: 10, x: 10, y: 10 },
        { number: 11, x: 12, y: 10 },
        { number: 12, x: 71, y: 20 },
        { number: 13, x: 69, y: 20 }
      )
    )
    assert.deepStrictEqual(find(text, ". .11"), [10, 5])
    assert.include(below(text), "  There is no room for 3 numbers: look at a part of the map.")
  })

  it("writes a number before its mark at the right edge", () => {
    const text = renderMap(unknown({ number: 12, x: 71, y: 20 }, { number: 13, x: 69, y: 24 }))
    assert.deepStrictEqual(find(text, " 12."), [68, 10])
    assert.deepStrictEqual(find(text, ".13"), [69, 12])
  })

  it("has a planet in its middle on demand, with what lies across the edges, and distances", () => {
    const report = unknown({ number: 1, x: 70, y: 1 }, { number: 2, x: 1, y: 70 }, { number: 3, x: 40, y: 40 })
    const whole = renderMap(report, { at: 1 })
    assert.deepStrictEqual(find(whole, ".1"), [36, 18])
    assert.deepStrictEqual(find(whole, ".2"), [39, 16])
    assert.deepStrictEqual(find(whole, ".3"), [6, 1])
    const part = renderMap(report, { at: 1, radius: 9 })
    assert.deepStrictEqual(find(part, ".1"), [36, 18])
    assert.deepStrictEqual(find(part, ".2"), [48, 12])
    assert.isUndefined(find(part, ".3"))
    assert.match(linesOf(part)[0] ?? "", /^ {7}61 +64 +67 +70 +1 +4$/)
    assert.deepStrictEqual(below(part).slice(2), [
      "",
      "From #1",
      "  To  O     R  Turns",
      "  #2  -  4.24      1",
      "  Turns of a ship that is nothing but drive: 47.00 light years a turn at level 2.35."
    ])
  })

  it("is never larger than the galaxy", () => {
    const report = unknown({ number: 1, x: 10, y: 10 }, { number: 2, x: 50, y: 50 })
    assert.strictEqual(renderMap(report, { at: 1, radius: 5000 }), renderMap(report, { at: 1 }))
  })

  it("has edges where the ruleset's map has", () => {
    const report = unknown({ number: 1, x: 70, y: 1 }, { number: 2, x: 1, y: 70 })
    const part = renderMap(report, { at: 1, radius: 9 }, ngConstants)
    assert.deepStrictEqual(find(part, ".1"), [36, 18])
    assert.isUndefined(find(part, ".2"))
    assert.deepStrictEqual(find(renderMap(report, { at: 1 }, ngConstants), ".2"), [1, 35])
  })

  it("tells races apart, as far as there are letters", () => {
    const [martians] = fullReport.players.slice(1)
    const [red] = fullReport.foreign_planets
    assert.isDefined(martians)
    assert.isDefined(red)
    const many = Array.from({ length: 60 }, (_, at) => ({
      player: { ...martians, name: `R${at}` },
      planet: { ...red, owner: `R${at}`, number: at + 1, x: (at % 10) * 7, y: Math.floor(at / 10) * 10 }
    }))
    const text = renderMap({
      ...unknown(),
      players: many.map((it) => it.player),
      foreign_planets: many.map((it) => it.planet)
    })
    assert.deepStrictEqual(find(text, "A1 "), [0, 0])
    assert.deepStrictEqual(find(text, "&60"), [63, 25])
    const legend = below(text).map((line) => line.trim())
    assert.includeMembers([...legend], ["A R0", "B R1", "& R59"])
    const letters = legend.filter((line) => / R\d+$/.test(line)).map((line) => line.charAt(0))
    assert.isFalse(letters.includes("o") || letters.includes("x"))
    assert.strictEqual(new Set(letters.filter((it) => it !== "&")).size, letters.indexOf("&"))
  })

  it.prop(
    "can be drawn of any report",
    [Report],
    ([report]) => {
      for (const view of [{}, { at: report.unknown_planets[0]?.number ?? 1, radius: 10 }]) {
        const text = renderMap(report, view)
        assert.lengthOf(gridOf(text), 36)
        assert.notMatch(text, /[^\P{Cc}\n]|\u202e/u)
      }
    },
    { arbitrary: { runs: 30 } }
  )
})
