/** The guide to the rules says what the engine does: its numbers, its turn, its orders and its sections. */
import { readFileSync } from "node:fs"
import { orderArguments, type OrderOp } from "@galaxy/contract/engine/OrderArguments"
import { Report } from "@galaxy/contract/engine/Report"
import { freeKinds, planetsPerRace, type Range } from "@galaxy/engine/generation/kinds"
import { plus } from "@galaxy/engine/rules/Ruleset"
import type { Galaxy, Planet, ShipClass } from "@galaxy/engine/state/Galaxy"
import { orderLines, orderMeanings, sendFleetMeaning } from "@galaxy/engine/text/orderHelp"
import { orderWords } from "@galaxy/engine/text/orderWords"
import { parseOrders, readOrders } from "@galaxy/engine/text/parseOrders"
import { renderReport } from "@galaxy/engine/text/report"
import { makeTurn, nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { galaxyOf, groupOf, ordersOf } from "../support/games.ts"
import { exampleOf, isWrittenAs } from "./examples.ts"

const guide = readFileSync(new URL("../../../../docs/guides/rules.md", import.meta.url), "utf8")

/** Lines of all blocks of a kind. */
const blocks = (kind: string): ReadonlyArray<string> =>
  [...guide.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, "gm"))].flatMap(([, body = ""]) =>
    body.split("\n").filter((line) => line.trim() !== "")
  )

type Row = Readonly<Record<string, string>>

/** Rows of the first table after a text, by the heads of their columns. */
const tableAfter = (text: string): ReadonlyArray<Row> => {
  const from = guide.indexOf(text)
  assert.isAtLeast(from, 0, text)
  const rest = guide.slice(from + text.length)
  const table = /^\|[^]*?(?=\n\n|\n*$(?![^]))/m.exec(rest)?.[0] ?? ""
  const rows = table.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim())
  )
  const [heads = [], , ...body] = rows
  return body.map((cells) => Object.fromEntries(heads.map((head, at) => [head, cells[at] ?? ""])))
}

describe("worked numbers", () => {
  const lines = blocks("example")
  it("are many", () => {
    assert.isAtLeast(lines.length, 60)
  })

  it.each(lines)("%s", (line) => {
    const { number, compute } = exampleOf(line)
    const computed = compute()
    assert.isTrue(isWrittenAs(number, computed), `the engine says ${computed}`)
  })

  it("fail when they are wrong, or nobody can compute them", () => {
    const right = (line: string) => isWrittenAs(exampleOf(line).number, exampleOf(line).compute())
    assert.isTrue(right("points(industry 1000, population 1000) = 1000"))
    assert.isFalse(right("points(industry 1000, population 1000) = 1001"))
    assert.isTrue(right("capital(points 1000, resources 10, materials 0) = 196.08"))
    assert.isFalse(right("capital(points 1000, resources 10, materials 0) = 196.07"))
    assert.isFalse(right("capital(points 1000, resources 10, materials 0) = 196"))
    for (const line of [
      "magic(points 1000) = 1000",
      "points(industry 1000) = 1000",
      "points(industry 1000, population 1000, luck 3) = 1000",
      "points(industry x, population 1000) = 1000",
      "points of 1000 are 1000",
      "constructor(points 1) = 1"
    ]) {
      assert.throws(() => exampleOf(line).compute(), undefined, undefined, line)
    }
  })
})

describe("constants in the text", () => {
  const said: ReadonlyArray<readonly [what: string, text: string]> = [
    ["growth", `grows by ${plus.populationGrowth * 100} % a turn`],
    ["a colonist", "each thaws into eight"],
    ["capital", `One unit of capital costs ${plus.pointsPerCapital} points and 1 unit of ore`.replace("One", "one")],
    ["ship mass", `One unit of ship mass costs ${plus.pointsPerMass} points and one unit of ore`],
    ["research", `${plus.pointsPerTechLevel.cargo} points raise a technology by one level`],
    ["the hold", `t × (C + C² / ${plus.holdDivisor})`],
    ["speed", `${plus.speedFactor} × t × D / full mass`],
    ["upgrades", `× ${plus.upgradeFactor} × mass of the block`],
    ["the flight zone", `${plus.flightZoneFactor} light years of one of your planets for each level`],
    ["the detection zone", `within ${plus.detectionZoneFactor} light years of a planet of yours for each level`],
    ["the map", `its side is ${plus.mapSideFactor} times the square root`],
    ["names", `1 to ${plus.nameLength} characters`]
  ]
  it.each(said)("%s", (_, text) => {
    assert.include(guide.replaceAll(/\s+/g, " "), text)
  })

  it("are those of the planets that a galaxy is made of", () => {
    const rows = tableAfter("There are ten for each race:").slice(2)
    assert.strictEqual(planetsPerRace, 10)
    assert.strictEqual(rows.length, freeKinds.length)
    for (const [at, { size, resources, share, apart }] of freeKinds.entries()) {
      const row = rows[at] ?? {}
      const range = ({ low, high }: Range) =>
        high === 0 ? "0" : low === 0 ? `(?:0|up) to ${high}` : `${low} to ${high}`
      assert.match(row["size"] ?? "", new RegExp(`^${range(size)}$`))
      assert.match(row["resources"] ?? "", new RegExp(`^${range(resources)}$`))
      assert.include(row["planets"], share === undefined ? "about half" : `, ${share * 100} %`)
      assert.match(row["where"] ?? "", apart === 0 ? /^anywhere/ : new RegExp(`^at least ${apart} from`))
    }
  })

  it("is played by the rules that the text is about", () => {
    assert.strictEqual(plus.peoplePerColonist, 8)
    assert.deepEqual([plus.industryWeight, plus.populationWeight], [0.75, 0.25])
    assert.deepEqual(plus.idleTurns, [{ fromTurn: 0, turns: 10 }])
    assert.deepEqual([plus.turnsAfterQuit, plus.idleWarningOwn, plus.idleWarningPublic], [3, 5, 3])
    assert.strictEqual(plus.winningShare, 2 / 3)
  })
})

describe("orders", () => {
  const rows = tableAfter("## Orders")
  const opOf = (row: Row): string => (row["op"] ?? "").replaceAll("`", "")

  it.each(rows.map((row) => [row["for example"] ?? "", opOf(row)] as const))("%s is %s", (example, op) => {
    const parsed = Result.getOrThrow(parseOrders(example.replaceAll("`", "")))
    assert.deepEqual(
      parsed.orders.map((order) => order.op),
      [op]
    )
  })

  it.each(rows.map((row) => [row["for example"] ?? "", row["words"] ?? "", opOf(row)] as const))(
    "%s may begin with %s",
    (example, words, op) => {
      assert.strictEqual(words, orderWords[op as OrderOp].join(", "))
      for (const word of words.split(", ")) {
        const parsed = Result.getOrThrow(parseOrders(example.replaceAll("`", "").replace(/^\w/, word)))
        assert.deepEqual(
          parsed.orders.map((order) => order.op),
          [op]
        )
      }
    }
  )

  it("do what the help for them says", () => {
    const said = rows.map((row) => row["what it does"])
    const fleet = rows.findIndex((row) => row["order"]?.startsWith("S fleet"))
    assert.deepEqual(
      said,
      rows.map((row, at) => (at === fleet ? sendFleetMeaning : orderMeanings[opOf(row) as OrderOp]))
    )
    assert.lengthOf(orderLines, rows.length + 1)
    for (const row of rows) {
      const letter = row["order"]?.charAt(0)
      assert.isTrue(
        orderLines.some((line) => line.startsWith(letter ?? "?") && line.includes(row["what it does"] ?? "?"))
      )
    }
    for (const line of orderLines) assert.isAtMost(line.length, 118)
  })

  it("in a frame are read as the text says", () => {
    const text = blocks("orders-in-frame").join("\n")
    const { orders } = Result.getOrThrow(parseOrders(text, { race: "Ann", turn: 5, planets: [["Terra", 2]] }))
    assert.deepEqual(orders, [
      { op: "produce", planet: 2, product: "CAP" },
      { op: "send", group: 3, planet: 12 }
    ])
    for (const other of [{ race: "Bob" }, { turn: 4 }]) {
      assert.isTrue(Result.isFailure(readOrders(text, { race: "Ann", turn: 5, ...other })))
    }
  })

  it("are all there", () => {
    assert.sameMembers([...new Set(rows.map(opOf))], Object.keys(orderArguments))
  })

  it("in the text are orders", () => {
    for (const text of ["P 12 SHIP Blend", "H Blend 2 1 0 1"]) {
      assert.include(guide, `\`${text}\``)
      assert.isTrue(Result.isSuccess(parseOrders(text)), text)
    }
    assert.deepEqual(Result.getOrThrow(parseOrders("S 3 12")).orders, [
      JSON.parse('{"op":"send","group":3,"planet":12}')
    ])
    assert.include(guide, '{"op":"send","group":3,"planet":12}')
  })
})

describe("sections of the report", () => {
  it("are all there", () => {
    const named = tableAfter("## Your report").flatMap((row) =>
      [...(row["in the JSON report"] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)
    )
    assert.sameMembers(named, Object.keys(Report.fields))
  })
})

describe("the worked turn", () => {
  const races = ["Ann", "Bob"]
  const number = (row: Row, head: string): number => {
    const value = Number(row[head])
    assert.isTrue(row[head] !== undefined && Number.isFinite(value), `${head} of ${JSON.stringify(row)}`)
    return value
  }

  const classes: ReadonlyArray<ShipClass & { readonly race: string }> = tableAfter("<!-- classes -->").map((row) => ({
    race: row["race"] ?? "",
    name: row["class"] ?? "",
    drive: number(row, "D"),
    armament: number(row, "A"),
    weapons: number(row, "W"),
    shields: number(row, "S"),
    cargo: number(row, "C")
  }))

  const productOf = (makes: string): Planet["production"] => {
    if (makes === "-") return null
    if (makes === "CAP") return { kind: "capital" }
    if (makes === "MAT") return { kind: "materials" }
    assert.isTrue(
      classes.some(({ name }) => name === makes),
      makes
    )
    return { kind: "ships", class: makes, banked: 0 }
  }

  const planets = tableAfter("<!-- planets -->").map((row): Partial<Planet> => {
    const owner = races.indexOf(row["owner"] ?? "")
    return {
      number: number(row, "#"),
      name: row["name"] ?? "",
      owner: owner < 0 ? null : owner,
      x: number(row, "x"),
      y: number(row, "y"),
      size: number(row, "size"),
      population: number(row, "population"),
      industry: number(row, "industry"),
      resources: number(row, "resources"),
      materials: number(row, "materials"),
      colonists: number(row, "colonists"),
      production: productOf(row["makes"] ?? "")
    }
  })

  const groups = tableAfter("<!-- groups -->")

  const before: Galaxy = galaxyOf(
    planets,
    { size: 64 },
    races.map((name) => ({
      name,
      classes: classes.flatMap(({ race, ...design }) => (race === name ? [design] : [])),
      groups: groups.flatMap((row) => {
        const design = classes.find((it) => it.race === name && it.name === row["class"])
        if (row["race"] !== name || design === undefined) return []
        const { race: _, ...shipClass } = design
        return [
          groupOf(shipClass, { number: number(row, "group"), ships: number(row, "ships"), at: number(row, "at") })
        ]
      })
    }))
  )

  const orders = Result.getOrThrow(parseOrders(blocks("orders").join("\n"))).orders
  const turn = makeTurn(before, ordersOf({ 0: orders }))
  const [report] = turn.reports

  /** What `planet 2 population` and the like mean in the report. */
  const valueOf = (line: string): unknown => {
    assert.isDefined(report)
    const [what = "", ...rest] = line.split(" ")
    if (what === "votes") return (report.votes as unknown as Record<string, unknown>)[rest[0] ?? ""]
    const [which, field = ""] = rest
    const at = Number(which)
    const lists: Readonly<Record<string, ReadonlyArray<object>>> = {
      planet: report.my_planets.filter((it) => it.number === at),
      foreign: report.foreign_planets.filter((it) => it.number === at),
      yard: report.yards.filter((it) => it.planet === at),
      group: report.my_groups.filter((it) => it.number === at),
      battle: report.battles.filter((it) => it.planet === at),
      bombing: report.bombings.filter((it) => it.planet === at)
    }
    const found = lists[what] ?? []
    assert.strictEqual(found.length, 1, line)
    return (found[0] as Record<string, unknown>)[field]
  }

  it("begins as its tables say, and all of its orders are carried out", () => {
    assert.strictEqual(before.planets.length, 4)
    assert.deepEqual(
      before.races.map((race) => race.groups.length),
      [3, 1]
    )
    assert.strictEqual(orders.length, 3)
    assert.deepEqual(
      report?.orders.filter(({ accepted }) => !accepted),
      []
    )
  })

  const lines = blocks("turn")
  it.each(lines)("%s", (line) => {
    const [, what = "", expected = ""] = /^(.+) = (\S+)$/.exec(line) ?? []
    const value = valueOf(what)
    assert.isNumber(value)
    assert.isTrue(isWrittenAs(expected, Number(value)), `the engine says ${String(value)}`)
  })

  const sections = tableAfter("The text report has its columns under letters")
  it.each(sections.map((row) => row["section of the text"] ?? ""))("has the columns of %s", (title) => {
    assert.isDefined(report)
    const text = renderReport(report).split("\n")
    const heads = text[text.indexOf(title) + 1] ?? ""
    const columns = sections.find((row) => row["section of the text"] === title)?.["columns"] ?? ""
    const letters = [...columns.matchAll(/`([^`]+)`/g)].map(([, letter = ""]) => letter).join(" ")
    const shown = heads.trim().split(/\s+/).join(" ")
    assert.isTrue(
      columns.endsWith("lost") ? shown.startsWith(letters) : shown === letters,
      `${shown} is not ${letters}`
    )
  })

  it("has the ships and the end that the text tells of", () => {
    assert.isAtLeast(lines.length, 15)
    const ships = report?.my_groups.map(({ number: group, ships: count, class: name, destination }) =>
      [group, count, name, destination].join(" ")
    )
    assert.deepEqual(ships, ["1 1 Hauler 3", "2 1 Escort 3", "3 1 Raider 4", "4 5 Hauler 1"])
    assert.deepEqual(report?.winners, [])
    assert.deepEqual(nextGalaxy({ ...before, turn: 9 }, ordersOf({ 0: orders })).galaxy.winners, [0])
  })
})
