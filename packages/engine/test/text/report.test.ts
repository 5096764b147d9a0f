import { type OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import { printOrder } from "@galaxy/engine/text/printOrders"
import { renderReport } from "@galaxy/engine/text/report"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { gameOf, nothing } from "../support/games.ts"
import { fullReport } from "./reportFixture.ts"

/** Titles with what is under them; fails where the text isn't built of such. */
const sectionsIn = (text: string): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => {
  assert.isTrue(text.endsWith("\n"))
  return text
    .slice(0, -1)
    .split("\n\n")
    .map((section) => {
      const [title, ...lines] = section.split("\n")
      assert.match(title ?? "", /^\S/)
      assert.isAbove(lines.length, 0, title)
      for (const line of lines) assert.match(line, /^ {2,}\S/)
      for (const line of section.split("\n")) assert.match(line, /\S$/)
      return [title ?? "", lines.map((line) => line.slice(2))] as const
    })
}

const section = (title: string, report: Report = fullReport): ReadonlyArray<string> | undefined =>
  sectionsIn(renderReport(report)).find(([it]) => it === title)?.[1]

const assertShows = (title: string, ...lines: ReadonlyArray<string>) => assert.deepStrictEqual(section(title), lines)

const quiet: Report = {
  ...fullReport,
  votes: { ...fullReport.votes, races: [], alliances: [] },
  players: [],
  my_sciences: [],
  foreign_sciences: [],
  my_classes: [],
  foreign_classes: [],
  battles: [],
  bombings: [],
  approaching_groups: [],
  my_planets: [],
  yards: [],
  routes: [],
  foreign_planets: [],
  uninhabited_planets: [],
  unknown_planets: [],
  my_fleets: [],
  my_groups: [],
  foreign_groups: [],
  unidentified_groups: [],
  changes: [],
  orders: []
}

const planet: OwnPlanet = fullReport.my_planets[0]!

/** The same with every number another one, from 1001 on. */
const renumbered = (value: unknown, next: () => number): unknown => {
  if (typeof value === "number") return next()
  if (Array.isArray(value)) return value.map((it) => renumbered(it, next))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, renumbered(it, next)]))
}

describe("the text of a report", () => {
  it("has its sections in the order of the rules", () => {
    assert.deepStrictEqual(
      sectionsIn(renderReport(fullReport)).map(([title]) => title),
      [
        "Report for Terrans, turn 12",
        "Galaxy",
        "Votes",
        "Status of players",
        "Your sciences",
        "Sciences of Martians",
        "Your ship classes",
        "Ship classes of Martians",
        "Ship classes of Lost_Ones",
        "Battle at #3 Home, before the flight",
        "Battle at #8, after the flight",
        "Bombings",
        "Approaching groups",
        "Your planets",
        "Ships in production",
        "Cargo routes",
        "Planets of Martians",
        "Uninhabited planets",
        "Unknown planets",
        "Nearest planets",
        "Your fleets",
        "Your groups",
        "Groups of Martians",
        "Groups of Lost_Ones",
        "Unidentified groups",
        "Why: your planets",
        "Why: your groups",
        "Why: your race",
        "Refused orders"
      ]
    )
  })

  it("leaves out sections with nothing in them", () => {
    assert.strictEqual(
      renderReport(quiet),
      `Report for Terrans, turn 12
  Game 0190a0b0-0000-7000-8000-000000000001

Galaxy
  Turn    Size  Planets  Players
    12  120.50        9        2

Votes
  You vote for Martians with 1.26 votes.
  Total 2.16, needed to win 1.44.
`
    )
  })

  it("shows every number of the report", () => {
    let last = 1000
    const refused = fullReport.orders.filter((it) => !it.accepted)
    const report = renumbered({ ...fullReport, orders: refused }, () => (last += 1)) as Report
    // People count orders from 1.
    const counted = { ...report, orders: report.orders.map((it) => ({ ...it, position: it.position - 1 })) }
    const shown = new Set(renderReport(counted).match(/(?<![\d.])\d{4}(?=\.00(?!\d)|\. |(?![\d.]))/g))
    assert.isAbove(last, 1250)
    const missing = Array.from({ length: last - 1000 }, (_, at) => String(at + 1001)).filter((it) => !shown.has(it))
    assert.deepStrictEqual(missing, [])
  })

  it("says who won a game that is over", () => {
    const heading = (winners: ReadonlyArray<string>) =>
      section("Report for Terrans, turn 12", { ...quiet, finished: true, winners })?.at(-1)
    assert.strictEqual(heading(["Martians"]), "The game is over. Winner: Martians")
    assert.strictEqual(heading(["Terrans", "Martians"]), "The game is over. Winners: Terrans, Martians")
    assert.strictEqual(heading([]), "The game is over. Nobody won.")
  })

  it("can be written of any report", () => {
    let galaxy = gameOf(5, "text")
    for (let turn = 0; turn < 2; turn += 1) {
      const made = makeTurn(galaxy, nothing)
      galaxy = made.galaxy
      for (const report of made.reports) {
        const titles = sectionsIn(renderReport(report)).map(([title]) => title)
        assert.includeMembers(titles, ["Your planets", "Why: your planets", "Unknown planets"])
      }
    }
  })

  it.prop("is made of titled sections whatever is in it", [Report], ([report]) => {
    sectionsIn(renderReport(report))
    assert.notMatch(renderReport(report), /[^\P{Cc}\n]|\u202e/u)
  })
})

describe("sections of the text", () => {
  it("tell who votes for whom, and what it takes to win", () => {
    assertShows(
      "Votes",
      "You vote for Martians with 1.26 votes.",
      "Race        Own  For        Received",
      "Terrans    1.26  Martians       0.90",
      "Martians   0.90  Terrans        1.26",
      "Lost_Ones  0.00  Lost_Ones      0.00",
      "Alliances",
      "  Members            Votes",
      "  Terrans, Martians   2.16",
      "Total 2.16, needed to win 1.44."
    )
  })

  it("list the players, those that have left and those about to be removed", () => {
    assertShows(
      "Status of players",
      "N              D     W     S     C        P       I  #  R         V  State",
      "Terrans     2.35  1.50  1.00  1.10  1260.75  880.40  2  -      0.90  1 turn left",
      "Martians   11.20  1.00  1.75  1.00   900.00  410.09  1  War    1.26  3 turns left",
      "Lost_Ones   0.00  0.00  0.00  0.00     0.00    0.00  0  Peace  0.00  extinct"
    )
  })

  it("list sciences and classes, foreign ones by race", () => {
    assertShows("Your sciences", "N           D     W     S     C", "Balance  0.25  0.25  0.50  0.00")
    assertShows("Sciences of Martians", "N          D     W     S     C", "Sparks  0.10  0.90  0.00  0.00")
    assertShows(
      "Your ship classes",
      "N             D    A     W      S     C       M",
      "Scout     10.00    0  0.00   0.00  0.00   10.00",
      "Fortress   0.00  120  1.50  40.25  0.00  131.00"
    )
    assertShows(
      "Ship classes of Martians",
      "N          D  A     W     S      C      M",
      "Drone   1.00  0  0.00  0.00   0.00   1.00",
      "Hauler  5.00  0  0.00  2.00  12.34  19.34"
    )
    assertShows(
      "Ship classes of Lost_Ones",
      "N       D  A     W     S      C      M",
      "Ark  9.00  1  2.00  3.50  30.00  44.50"
    )
  })

  it("tell a battle: who was there, shot after shot, and all shots", () => {
    assertShows(
      "Battle at #3 Home, before the flight",
      "G  N           #  T             D     W     S     C  T        Q   L  State",
      "0  Terrans     2  Fortress   0.00  1.50  1.00  0.00  -     0.00   1  In_Battle",
      "1  Martians   30  Drone     11.20  0.00  0.00  0.00  -     0.00  27  In_Battle",
      "2  Lost_Ones   1  Ark        1.00  1.00  1.00  1.00  COL  31.50   1  Out_Battle",
      "Protocol",
      "  Terrans Fortress [0] destroys Martians Drone [1] (x3)",
      "  Terrans Fortress [0] fires at Martians Drone [1]",
      "  Martians Drone [1] destroys Terrans Fortress [0]",
      "Lines of the protocol left out: 5",
      "All shots",
      "  By                    At                    Shots  Destroyed",
      "  Terrans Fortress [0]  Martians Drone [1]      240          3",
      "  Martians Drone [1]    Terrans Fortress [0]      1          1",
      "Rounds: 2, shots: 241"
    )
    assertShows("Battle at #8, after the flight", "Rounds: 0, shots: 0")
  })

  it("list bombings with what they destroyed", () => {
    assertShows(
      "Bombings",
      "W         O         #  N              P       I  P              $     M     C       A  Result   P lost  I lost  C lost",
      "Martians  Terrans   4  Outpost   120.00   60.50  Scout       3.00  4.25  1.50  200.75  Wiped    120.00   60.50    1.50",
      "Terrans   Martians  5  Red      1000.00  500.00  SHIP Drone  0.00  0.00  0.00   90.00  Damaged   90.00   90.00    0.00"
    )
  })

  it("name a new owner only where a planet has one", () => {
    const [wiped, damaged] = fullReport.bombings
    assert.isDefined(wiped)
    assert.isDefined(damaged)
    assert.strictEqual(damaged.new_owner, damaged.owner)
    const bombings = [wiped, damaged, { ...damaged, new_owner: "Terrans" }]
    assert.deepStrictEqual(
      section("Bombings", { ...fullReport, bombings })?.map((line) => line.split(/ {2,}/).at(-1)),
      ["New owner", "-", "-", "Terrans"]
    )
  })

  it("list planets by what is known of them", () => {
    assertShows(
      "Your planets",
      " #      X      Y  N           S        P       I      R  P            $      M      C       L",
      " 3  10.50  99.25  Home  1000.00  1000.00  800.40  10.00  Fortress  0.00  12.50  33.33  850.30",
      "11   1.00   2.00  11     500.50   260.75   80.00   0.50  CAP       7.00   0.00   0.00  125.19"
    )
    assertShows(
      "Planets of Martians",
      "#      X      Y  N          S       P       I      R  P              $      M     C       L",
      "5  50.00  50.00  Red  1000.00  900.00  410.09  10.00  SHIP Drone  0.00  90.00  0.00  532.57"
    )
    assertShows(
      "Uninhabited planets",
      "#       X      Y  N             S      R     $      M",
      "4   12.00  90.00  Outpost  400.00   5.00  3.00  64.75",
      "7  119.99   0.01  7         20.00  20.00  0.00   0.00"
    )
    assertShows("Unknown planets", " #      X       Y", " 8  77.00    7.50", "10   0.00  120.49")
  })

  it("list yards and routes", () => {
    assertShows(
      "Ships in production",
      "#  N     S               C      P       L",
      "3  Home  Fortress  1310.00  17.75  850.30"
    )
    assertShows(
      "Cargo routes",
      " #  N     $        M        C    E",
      " 3  Home  -        -        #11  #7",
      "11  11    #3 Home  #3 Home  -    -"
    )
  })

  it("tell of routes that end at planets of others", () => {
    const routes = [{ planet: 3, name: "Home", capital: 5, materials: 5, colonists: 5, empty: 5 }, ...fullReport.routes]
    assert.deepStrictEqual(section("Cargo routes", { ...fullReport, routes })?.slice(4), [
      "CAP from #3 Home goes to #5 Red of Martians: what is unloaded there becomes theirs.",
      "MAT from #3 Home goes to #5 Red of Martians: what is unloaded there becomes theirs.",
      "COL from #3 Home goes to #5 Red of Martians: your colonists can't land there.",
      "EMP from #3 Home goes to #5 Red of Martians."
    ])
  })

  it("say how far the nearest planets are, across the edges of the map, and for how many turns", () => {
    // Drive 2.35 flies 47 light years a turn.
    assertShows(
      "Nearest planets",
      "From     To          O            R  Turns",
      "#3 Home  #4 Outpost  -         9.37      1",
      "#3 Home  #10         -        23.69      1",
      "#3 Home  #7          -        23.94      1",
      "#3 Home  #11         Terrans  25.12      1",
      "#3 Home  #8          -        61.18      2",
      "#11      #10         -         2.25      1",
      "#11      #7          -         2.50      1",
      "#11      #3 Home     Terrans  25.12      1",
      "#11      #4 Outpost  -        34.31      1",
      "#11      #8          -        44.84      1",
      "Turns of a ship that is nothing but drive: 47.00 light years a turn at level 2.35."
    )
  })

  it("have no turns for a race that can't fly, and one for where it can be at once", () => {
    const players = fullReport.players.map((it) => ({ ...it, drive: 0 }))
    assert.match(section("Nearest planets", { ...fullReport, players })?.[1] ?? "", / -$/)
    const near = { ...quiet, my_planets: [planet], unknown_planets: [{ number: 8, x: planet.x, y: planet.y }] }
    assert.match(section("Nearest planets", { ...near, players: fullReport.players })?.[1] ?? "", / 0\.00 +1$/)
    const exact = [{ number: 8, x: planet.x + 47, y: planet.y }]
    const there = { ...near, unknown_planets: exact, players: fullReport.players }
    assert.match(section("Nearest planets", there)?.[1] ?? "", / 47\.00 +1$/)
  })

  it("list ships, in orbit and in space", () => {
    assertShows(
      "Approaching groups",
      "O       D            R      S        M",
      "#5 Red  #3 Home  12.30  44.80  1000.00"
    )
    assertShows(
      "Your fleets",
      "#  N      G  D        F            R      P  State",
      "1  Guard  2  #3 Home  -            -   0.00  In_Orbit",
      "2  Raid   1  #5 Red   #3 Home  20.25  46.90  In_Space"
    )
    assertShows(
      "Your groups",
      " G    #  T            D     W     S     C  T       Q  D        F            R      P       M  L      State",
      " 2    1  Fortress  0.00  1.50  1.00  0.00  -    0.00  #3 Home  -            -   0.00  131.00  Guard  In_Orbit",
      "14  250  Hauler    2.35  0.00  1.00  1.10  CAP  5.50  #5 Red   #3 Home  20.25  46.90   24.34  -      In_Space"
    )
    assertShows(
      "Groups of Lost_Ones",
      "#  T       D     W     S     C  T        Q  D           P      M",
      "1  Ark  1.00  1.00  1.00  1.00  COL  31.50  #3 Home  2.37  76.00"
    )
    assertShows("Unidentified groups", "    X      Y", "60.25  61.00")
  })

  it("explain numbers: changes of one number one after another", () => {
    assertShows(
      "Why: your planets",
      "#  N        What        Why                Before   After   Change",
      "3  Home     industry    bombing            810.00  795.40   -14.60",
      "3  Home     industry    stock to industry  795.40  800.40    +5.00",
      "3  Home     banked      ship building        0.00   17.75   +17.75",
      "4  Outpost  population  bombing            120.00    0.00  -120.00"
    )
    assertShows(
      "Why: your groups",
      " #  What   Why      Before  After  Change",
      " 2  ships  battle     2.00   1.00   -1.00",
      "14  load   loading    0.00   5.50   +5.50"
    )
    assertShows("Why: your race", "What   Why       Before  After  Change", "drive  research    2.30   2.35   +0.05")
  })

  it("name orders that were refused, with the reason", () => {
    assertShows(
      "Refused orders",
      "2. send group=14 planet=99",
      "  unknown_planet: there is no planet 99",
      "3. merge_groups",
      "  -"
    )
    assert.include(renderReport(fullReport, printOrder), `  2. ${printOrder(fullReport.orders[1]!.order)}\n`)
  })
})

describe("columns", () => {
  it("grow with what is in them", () => {
    const my_planets = [
      { ...planet, name: "A_name_that_goes_on_and_on", capital: -0, materials: 123_456_789_012.5 },
      { ...planet, number: 1234, name: "Ёж", capital: -0.004, materials: -3.5 }
    ]
    assert.deepStrictEqual(section("Your planets", { ...quiet, my_planets }), [
      "   #      X      Y  N                                 S        P       I      R  P            $                M      C       L",
      "   3  10.50  99.25  A_name_that_goes_on_and_on  1000.00  1000.00  800.40  10.00  Fortress  0.00  123456789012.50  33.33  850.30",
      "1234  10.50  99.25  Ёж                          1000.00  1000.00  800.40  10.00  Fortress  0.00            -3.50  33.33  850.30"
    ])
  })

  it("don't sign a change that shows as none", () => {
    const change = { subject: "race", what: "drive", before: 1, cause: "research" }
    assert.deepStrictEqual(
      section("Why: your race", { ...quiet, changes: [0.999, 1, 1.001].map((after) => ({ ...change, after })) })?.map(
        (line) => line.split(/ +/).at(-1)
      ),
      ["Change", "0.00", "0.00", "0.00"]
    )
  })

  it("keep to their line whatever players write", () => {
    const my_planets = [{ ...planet, name: "A\nYour planets\u202e" }]
    assert.include(section("Your planets", { ...quiet, my_planets })?.[1], "  A?Your planets?  ")
    const orders = [
      {
        position: 0,
        accepted: false,
        code: "name_chars",
        message: "no",
        order: { op: "rename_planet", planet: 3, name: "x\n\nWhy" }
      }
    ] as const
    assert.deepStrictEqual(section("Refused orders", { ...quiet, orders }), [
      "1. rename_planet planet=3 name=x??Why",
      "  name_chars: no"
    ])
  })
})

it("the report of these tests is one that an engine could send", () => {
  assert.isTrue(Schema.is(Report)(fullReport))
})
