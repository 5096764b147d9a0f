/** A report fits into what the backend takes, whatever players have done, and says what it doesn't show. */
import { maxReportBytes } from "@galaxy/contract/engine/Limits"
import type { Battle, Report } from "@galaxy/contract/engine/Report"
import { battleLines, bounded, boundedBattles, maxBattleGroups, sectionLines } from "@galaxy/engine/report/bounds"
import { reportsOf } from "@galaxy/engine/report/reports"
import { maxGroups, maxProtocol } from "@galaxy/engine/rules/limits"
import type { Group } from "@galaxy/engine/state/Galaxy"
import { renderReport } from "@galaxy/engine/text/report"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, levels, nothing } from "../support/games.ts"

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

const gun = classOf("Gun", "1 1 20 5 0")

/** Two races with so many groups each at one planet, all of them different. */
const fought = (groups: number, techs: (index: number) => Group["techs"]) => {
  const side = Array.from({ length: groups }, (_, index) =>
    groupOf(gun, { number: index + 1, fleet: `F${index}`, techs: techs(index) })
  )
  const before = galaxyOf([{}, { owner: 1 }], {}, [
    { classes: [gun], groups: side },
    { classes: [gun], groups: side }
  ])
  const { galaxy, log } = nextGalaxy(before, nothing)
  return reportsOf(galaxy, log)[0]!
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, it) => total + it, 0)

describe("the largest battle of two", () => {
  it("is summed by class and technology, and says so", () => {
    const report = fought(maxGroups, (index) => levels(1 + (index % 3)))
    assert.isBelow(bytesOf(report), maxReportBytes)
    const battle = report.battles[0]!
    assert.strictEqual(battle.summed, 2 * maxGroups)
    assert.lengthOf(battle.groups, 6)
    assert.strictEqual(sum(battle.groups.map((it) => it.ships)), 2 * maxGroups)
    const lost = 2 * maxGroups - sum(battle.groups.map((it) => it.ships_left))
    assert.isAbove(lost, 0)
    // Totals are of the pairs that met first.
    assert.isAtMost(sum(battle.totals.map((it) => it.destroyed)), lost)
    const { groups } = battle
    for (const { attacker, target } of [...battle.protocol, ...battle.totals]) {
      assert.notStrictEqual(groups[attacker]?.race, groups[target]?.race)
    }
    assert.include(renderReport(report), "Groups of one class and technology are summed: 20000 groups in 6 lines.")
  })

  it("is summed by class where all technologies differ", () => {
    const [battle] = fought(2000, (index) => levels(1 + index / 100)).battles
    assert.deepStrictEqual(
      battle?.groups.map((it) => [it.class, it.ships, it.weapons]),
      [
        ["Gun", 2000, 20.99],
        ["Gun", 2000, 20.99]
      ]
    )
  })

  it("isn't summed as long as its groups fit", () => {
    const [battle] = fought(maxBattleGroups / 2, (index) => levels(1 + index / 100)).battles
    assert.lengthOf(battle?.groups ?? [], maxBattleGroups)
    assert.isUndefined(battle?.summed)
  })
})

/** Longest values: names of as many characters as are allowed, of the widest letters that they may have. */
const race = "字".repeat(64)
const name = "Ж".repeat(20)
const number = -123_456_789.12
const planet = 2500
const tech = { drive: 12_345.67, weapons: 12_345.67, shields: 12_345.67, cargo: 12_345.67 }
const blocks = { name, armament: 100_000, ...tech, mass: 1_000_000.12 }
const ships = { ships: 1_000_000_000, class: name, ...tech, goods: "COL", load: number, mass: number }
const course = { destination: planet, origin: planet, distance: number, speed: number }
const everything = {
  number: planet,
  name,
  x: number,
  y: number,
  size: number,
  population: number,
  industry: number,
  resources: number,
  production: `SHIP ${name}`,
  capital: number,
  materials: number,
  colonists: number,
  free_points: number
}
const battleGroup = {
  index: 1000,
  race,
  ...ships,
  ships_left: 1_000_000_000,
  state: "Out_Battle"
}
const shot = { attacker: 1000, target: 1000, destroyed: false, count: 50_000_000 }
const shotTotal = { attacker: 1000, target: 1000, shots: 50_000_000, destroyed: 1_000_000_000 }

/** The longest line of each list, and how many of them a report can have. */
const worst: Readonly<Record<string, readonly [lines: number, line: unknown]>> = {
  "battles, groups": [battleLines.groups, battleGroup],
  "battles, protocol": [battleLines.protocol, shot],
  "battles, totals": [battleLines.totals, shotTotal],
  battles: [sectionLines.battles, { planet, name, when: "before_flight", rounds: 1e5, shots: 5e7, summed: 1e6 }],
  bombings: [
    sectionLines.bombings,
    {
      bomber: race,
      owner: race,
      ...everything,
      power: number,
      result: "Damaged",
      lost: [number, number, number],
      new_owner: race
    }
  ],
  foreign_sciences: [sectionLines.foreign_sciences, { race, name, ...tech }],
  foreign_classes: [sectionLines.foreign_classes, { race, ...blocks }],
  approaching_groups: [sectionLines.approaching_groups, { ...course, mass: number }],
  foreign_groups: [sectionLines.foreign_groups, { race, ...ships, destination: planet, speed: number }],
  unidentified_groups: [sectionLines.unidentified_groups, { x: number, y: number }],
  changes: [
    sectionLines.changes,
    { subject: "planet", number: 10_000, what: "population", before: number, after: number, cause: "production_change" }
  ],
  my_groups: [maxGroups, { number: 1_000_000, ...ships, ...course, fleet: name, state: "In_Space" }],
  my_fleets: [sectionLines.my_fleets, { number: 10_000, name, groups: 1, ...course, state: "In_Space" }],
  my_classes: [1000, blocks],
  my_sciences: [1000, { name, ...tech }],
  // Every planet is in one of the lists of planets, and may have a yard and routes.
  planets: [planet, { owner: race, ...everything }],
  yards: [planet, { planet, name, class: name, price: number, banked: number, free_points: number }],
  routes: [planet, { planet, name, capital: planet, materials: planet, colonists: planet, empty: planet }],
  players: [250, { race, ...everything, votes_received: number, turns_left: 10 }],
  votes: [500, { race, own: number, voting_for: race, received: number }]
}

describe("the bounds", () => {
  it("keep every list together below what the backend takes", () => {
    // The orders of a race are bounded by the bodies of its requests; they get two megabytes of the rest.
    const orders = 2 * 1024 * 1024
    const lists = sum(Object.values(worst).map(([lines, line]) => lines * (bytesOf(line) + 1)))
    assert.isBelow(lists + orders, maxReportBytes)
  })

  it("leave a battle of the usual size whole", () => {
    const lines = <A>(count: number, line: A) => Array.from({ length: count }, () => line)
    const one: Battle = {
      planet: 1,
      name,
      when: "after_flight",
      groups: lines(100, battleGroup),
      rounds: 1,
      shots: 1,
      protocol: lines(maxProtocol, shot),
      omitted: 5,
      totals: lines(1000, shotTotal)
    }
    const five = lines(5, one)
    assert.deepStrictEqual(boundedBattles(five), five)
    const twenty = boundedBattles([{ ...one, protocol: lines(10, shot) }, ...lines(19, one)])
    assert.isAtMost(sum(twenty.map((it) => it.protocol.length)), battleLines.protocol)
    assert.isAtMost(sum(twenty.map((it) => it.totals.length)), battleLines.totals)
    assert.deepStrictEqual([twenty[0]?.protocol.length, twenty[0]?.omitted], [10, 5])
    assert.strictEqual((twenty[1]?.protocol.length ?? 0) + (twenty[1]?.omitted ?? 0), maxProtocol + 5)
  })

  it("are told where they were reached", () => {
    const [plain] = reportsOf(galaxyOf([{}]), [])
    assert.isUndefined(plain?.left_out)
    const many: Report = {
      ...plain!,
      unidentified_groups: Array.from({ length: sectionLines.unidentified_groups + 7 }, (_, x) => ({ x, y: 0 }))
    }
    const short = bounded(many)
    assert.deepStrictEqual(short.left_out, { unidentified_groups: 7 })
    assert.lengthOf(short.unidentified_groups, sectionLines.unidentified_groups)
    assert.include(renderReport(short), "Too long to show: 7 lines of unidentified_groups are left out.")
  })
})
