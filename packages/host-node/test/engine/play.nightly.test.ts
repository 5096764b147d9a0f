/** `play` as people run it: real processes in a folder of their own. */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { generate } from "@galaxy/engine/generation/generate"
import { seal } from "@galaxy/engine/host/sealed"
import { reportsOf } from "@galaxy/engine/report/reports"
import { orderLines } from "@galaxy/engine/text/orderHelp"
import { allCommands } from "@galaxy/engine/text/orderWords"
import { renderMap } from "@galaxy/engine/text/map"
import { verdictsOf } from "@galaxy/host-node/engine/play/verdicts"
import { readCommand } from "@galaxy/host-node/engine/play/arguments"
import { Result } from "effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { bundled } from "../../../../scripts/lib/bundled.ts"
import { inherited } from "./EngineProcess.ts"

const main = bundled("engine/play")
const killer = fileURLToPath(new URL("./play/killAt.mjs", import.meta.url))

interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

let folder = ""
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "galaxy-play-"))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
  flags: ReadonlyArray<string> = []
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, main, ...args], {
      cwd: folder,
      env: { ...inherited(), ...environment },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let out = ""
    let err = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    child.on("error", reject).on("close", (code, signal) => resolve({ code, signal, out, err }))
  })

const write = (name: string, text: string | Uint8Array): Promise<void> => writeFile(join(folder, name), text)
const content = (name: string): Promise<string> => readFile(join(folder, name), "utf8")

/** A new game of two in `galaxy.json`. */
const begin = async (): Promise<void> => {
  const ran = await run(["new", "--races", "Ann,Bob", "--seed", "first", "--state", "galaxy.json"])
  assert.deepEqual(ran, { code: 0, signal: null, out: "galaxy.json: turn 0, 2 races, 20 planets\n", err: "" })
}

const reportOf = async (race: string): Promise<Report> =>
  JSON.parse((await run(["report", "--state", "galaxy.json", "--race", race, "--json"])).out)

const homeOf = (report: Report): number => report.my_planets.find(({ size }) => size === 1000)?.number ?? 0

describe("play new", () => {
  it("makes the same game of the same seed and races, for its owner's eyes only", async () => {
    await begin()
    const again = await run(["new", "--races", "Ann,Bob", "--seed", "first", "--state", "again.json"])
    assert.strictEqual(again.code, 0, again.err)
    assert.strictEqual(await content("again.json"), await content("galaxy.json"))
    assert.strictEqual((await stat(join(folder, "galaxy.json"))).mode & 0o777, 0o600)
  })

  it("draws a seed of its own when none is given", async () => {
    await run(["new", "--races", "Ann,Bob", "--state", "one.json"])
    await run(["new", "--races", "Ann,Bob", "--state", "two.json"])
    assert.notStrictEqual(await content("one.json"), await content("two.json"))
  })

  it("writes the first reports where it is told to", async () => {
    const ran = await run(["new", "--races", "Ann,Bob", "--state", "g.json", "--reports", "reports/first"])
    assert.strictEqual(ran.code, 0, ran.err)
    const names = ["Ann-0000.json", "Ann-0000.txt", "Bob-0000.json", "Bob-0000.txt"]
    assert.deepEqual((await readdir(join(folder, "reports/first"))).toSorted(), names)
    assert.match(await content("reports/first/Bob-0000.txt"), /^Report for Bob, turn 0\n/)
    assert.strictEqual(JSON.parse(await content("reports/first/Bob-0000.json")).race, "Bob")
  })

  it("never overwrites a file", async () => {
    await write("galaxy.json", "something else")
    const ran = await run(["new", "--races", "Ann,Bob", "--state", "galaxy.json"])
    assert.strictEqual(ran.code, 1)
    assert.strictEqual(ran.err, "galaxy.json already exists\n")
    assert.strictEqual(await content("galaxy.json"), "something else")
    assert.deepEqual(await readdir(folder), ["galaxy.json"])
  })

  const wrong: ReadonlyArray<readonly [what: string, args: ReadonlyArray<string>, says: string]> = [
    ["no races", ["--state", "g.json"], "--races is needed"],
    ["a race alone", ["--races", "Ann", "--state", "g.json"], "--races: a game needs 2 to 250 races"],
    ["a name that isn't one", ["--races", "Ann,B/b", "--state", "g.json"], '--races: "B/b": a name may contain'],
    ["one name twice", ["--races", "Ann,ANN", "--state", "g.json"], "--races: ANN is given twice"],
    [
      "an empty seed",
      ["--races", "Ann,Bob", "--state", "g.json", "--seed", ""],
      "--seed must have 1 to 200 characters"
    ],
    ["an unknown ruleset", ["--races", "Ann,Bob", "--state", "g.json", "--ruleset", "x"], "--ruleset: must be plus"],
    ["no file", ["--races", "Ann,Bob"], "--state is needed"]
  ]
  it.each(wrong)("refuses %s", (_, args, says) => {
    const problem = Result.getOrThrow(Result.flip(readCommand(["new", ...args]))).message
    assert.include(problem, says)
    assert.include(problem, "play new --help")
  })
})

describe("play turn", () => {
  it("plays the orders of each race, and the reports show it", async () => {
    await begin()
    const home = homeOf(await reportOf("Ann"))
    await write("a.txt", `; Ann's first turn\nD Drone 1 0 0 0 0\nP ${home} Drone\nN ${home} Earth\n`)
    const ran = await run(["turn", "--state", "galaxy.json", "--orders", "ann=a.txt", "--reports", "reports"])
    assert.deepEqual(ran, {
      code: 0,
      signal: null,
      out: "Ann: 3 orders, 0 refused\nBob: no orders\ngalaxy.json: turn 1\n",
      err: ""
    })
    const report = await reportOf("Ann")
    assert.strictEqual(report.turn, 1)
    assert.deepEqual(
      report.my_groups.map(({ ships, class: name }) => [ships, name]),
      [[99, "Drone"]]
    )
    assert.strictEqual(report.my_planets.find(({ number }) => number === home)?.name, "Earth")
    assert.deepEqual(JSON.parse(await content("reports/Ann-0001.json")), report)
    const text = await run(["report", "--state", "galaxy.json", "--race", "Ann"])
    assert.strictEqual(await content("reports/Ann-0001.txt"), text.out)
    assert.match(text.out, /99 {2}Drone/)
    assert.deepEqual(await readdir(folder).then((names) => names.toSorted()), ["a.txt", "galaxy.json", "reports"])
  })

  it("has the computer play seats, from their reports", async () => {
    await begin()
    for (const turn of [1, 2, 3, 4]) {
      const ran = await run(["turn", "--state", "galaxy.json", "--bot", "Ann", "--bot", "BOB"])
      assert.strictEqual(ran.code, 0, ran.err)
      assert.match(
        ran.out,
        new RegExp(`^Ann: \\d+ orders?, \\d+ refused\nBob: \\d+ orders?.*\ngalaxy.json: turn ${turn}\n$`)
      )
    }
    assert.isAbove((await reportOf("Bob")).my_groups.length, 3)
    const twice = await run(["turn", "--state", "galaxy.json", "--bot", "Ann", "--bot", "ann"])
    assert.strictEqual(twice.code, 2)
    assert.include(twice.err, "--bot: ann already has orders")
    const stranger = await run(["turn", "--state", "galaxy.json", "--bot", "Zed"])
    assert.strictEqual(stranger.code, 1)
    assert.include(stranger.err, "there is no race Zed")
  })

  it("tells of refused orders by line and column, and plays the others", async () => {
    await begin()
    await write("a.txt", "D Drone 1 0 0 0 0\n\n  S 99 1 ; there is no such group\nV Nobody\n")
    const ran = await run(["turn", "--state", "galaxy.json", "--orders", "Ann=a.txt"])
    assert.strictEqual(ran.code, 0, ran.err)
    assert.deepEqual(ran.out.split("\n"), [
      "Ann: 3 orders, 2 refused",
      "a.txt:3:3: refused: unknown_group: you have no group 99",
      "a.txt:4:1: refused: unknown_race: there is no race Nobody",
      "Bob: no orders",
      "galaxy.json: turn 1",
      ""
    ])
    assert.deepEqual(
      (await reportOf("Ann")).my_classes.map(({ name }) => name),
      ["Drone"]
    )
  })

  it("refuses text that can't be read, with every line and column, and makes no turn", async () => {
    await begin()
    const before = await content("galaxy.json")
    await write("a.txt", "A Bob\n")
    await write("b.txt", "D Drone x 0 0 0 0\n; fine\n  FOO 1\n")
    const ran = await run(["turn", "--state", "galaxy.json", "--orders", "Ann=a.txt", "--orders", "Bob=b.txt"])
    assert.strictEqual(ran.code, 1)
    assert.strictEqual(ran.out, "")
    assert.deepEqual(ran.err.split("\n"), [
      'b.txt:1:9: drive must be a number, not "x"',
      `b.txt:3:3: "FOO" is not an order; there are ${allCommands}`,
      ""
    ])
    assert.strictEqual(await content("galaxy.json"), before)
  })

  it("leaves out lines that can't be read, and those alone, when it is to keep going", async () => {
    await begin()
    const text = "D Drone x 0 0 0 0\nD Probe 1 0 0 0 0\n; fine\n  V Nobody\n  FOO 1\n"
    await write("b.txt", `Hello!\n#order bob 0\n${text}#end\n`)
    const ran = await run(["turn", "--state", "galaxy.json", "--keep-going", "--orders", "Bob=b.txt"])
    assert.deepEqual([ran.code, ran.err], [0, ""])
    assert.deepEqual(ran.out.split("\n"), [
      "Ann: no orders",
      "Bob: 2 orders, 1 refused, 2 lines not read",
      "b.txt: 1 line outside of #order … #end left out",
      'b.txt:3:9: drive must be a number, not "x"',
      "b.txt:6:3: refused: unknown_race: there is no race Nobody",
      `b.txt:7:3: "FOO" is not an order; there are ${allCommands}`,
      "galaxy.json: turn 1",
      ""
    ])
    assert.deepEqual(
      (await reportOf("Bob")).my_classes.map(({ name }) => name),
      ["Probe"]
    )
    // A file of another race or turn is not for keeping on with.
    const old = await run(["turn", "--state", "galaxy.json", "--keep-going", "--orders", "Ann=b.txt"])
    assert.deepEqual([old.code, old.out, old.err], [1, "", 'b.txt:2:8: these are orders of "bob", not of Ann\n'])
  })

  it("knows planets by the names in the report before the turn", async () => {
    await begin()
    const home = homeOf(await reportOf("Ann"))
    await write("a.txt", `Name ${home} Earth\nProduce earth MAT\n`)
    const first = await run(["turn", "--state", "galaxy.json", "--orders", "Ann=a.txt"])
    assert.include(first.out, "Ann: 2 orders, 0 refused\n")
    await write("a.txt", "P EARTH DRIVE\n")
    const second = await run(["turn", "--state", "galaxy.json", "--orders", "Ann=a.txt"])
    assert.include(second.out, "Ann: 1 order, 0 refused\n")
    assert.strictEqual((await reportOf("Ann")).my_planets.find(({ name }) => name === "Earth")?.production, "DRIVE")
    const spy = await run(["turn", "--state", "galaxy.json", "--orders", "Bob=a.txt"])
    assert.include(spy.err, 'a.txt:1:3: planet: you know no planet named "EARTH"')
  })

  it("refuses orders that are missing, too long or no text", async () => {
    await begin()
    await write("long.txt", ";".repeat(1024 * 1024 + 1))
    await write("bytes.txt", Uint8Array.of(0x41, 0x20, 0xff))
    const turn = (file: string) => run(["turn", "--state", "galaxy.json", "--orders", `Ann=${file}`])
    const missing = await turn("missing.txt")
    assert.match(missing.err, /^missing\.txt can't be read: /)
    const long = await turn("long.txt")
    assert.strictEqual(long.err, "long.txt is longer than 1048576 bytes\n")
    const bytes = await turn("bytes.txt")
    assert.strictEqual(bytes.err, "bytes.txt is not UTF-8 text\n")
    assert.deepEqual([missing.code, long.code, bytes.code], [1, 1, 1])
  })

  it("refuses races that aren't there, or are there twice", async () => {
    await begin()
    await write("a.txt", "")
    const unknown = await run(["turn", "--state", "galaxy.json", "--orders", "Eve=a.txt"])
    assert.strictEqual(unknown.err, "there is no race Eve; there are Ann, Bob\n")
    assert.strictEqual(unknown.code, 1)
    const twice = await run(["turn", "--state", "galaxy.json", "--orders", "Ann=a.txt", "--orders", "ANN=a.txt"])
    assert.include(twice.err, "--orders: ANN is given twice")
    assert.strictEqual(twice.code, 2)
  })

  it("says who has won, and plays no turn after that", async () => {
    await begin()
    // Votes decide from turn 10 on.
    const [, galaxy = ""] = (await content("galaxy.json")).split("\n")
    const late = { ...JSON.parse(galaxy), turn: 9 }
    await write("galaxy.json", seal("galaxy", late) + seal("turn", { game_id: late.game_id, turn: 9, log: [] }))
    await write("a.txt", "V Bob\n")
    await write("b.txt", "V Ann\n")
    const orders = ["--orders", "Ann=a.txt", "--orders", "Bob=b.txt"]
    const won = await run(["turn", "--state", "galaxy.json", ...orders])
    assert.include(won.out, "The game is over. Won by Ann, Bob.\n")
    const after = await run(["turn", "--state", "galaxy.json", ...orders])
    assert.strictEqual(after.code, 1)
    assert.strictEqual(after.err, "galaxy.json: the game is over, there are no more turns\n")
  })

  it("keeps the new turn when its reports can't be written", async () => {
    await begin()
    await write("reports", "not a folder")
    const ran = await run(["turn", "--state", "galaxy.json", "--reports", "reports"])
    assert.strictEqual(ran.code, 1)
    assert.match(ran.err, /^reports can't be written: [^\n]+\nThe turn itself is safe/)
    assert.strictEqual((await reportOf("Ann")).turn, 1)
  })
})

describe("play check", () => {
  it("says what a turn would say of orders, and makes none", async () => {
    await begin()
    const before = await content("galaxy.json")
    await write("a.txt", "D Drone 1 0 0 0 0\n  S 99 1\nV Bob\n")
    const check = (...args: ReadonlyArray<string>) => run(["check", "--state", "galaxy.json", ...args])
    const ran = await check("--orders", "ann=a.txt")
    assert.deepEqual([ran.code, ran.err], [0, ""])
    assert.deepEqual(ran.out.split("\n"), [
      "Ann: 3 orders, 1 refused",
      "a.txt:2:3: refused: unknown_group: you have no group 99",
      "a.txt:3:1: note: votes decide nothing before turn 10",
      "galaxy.json: still turn 0",
      ""
    ])
    await write("a.txt", "J\nFOO\n")
    const wrong = await check("--orders", "Ann=a.txt")
    assert.deepEqual([wrong.code, wrong.out], [1, ""])
    assert.include(wrong.err, "a.txt:2:1: ")
    const rest = await check("--orders", "Ann=a.txt", "--keep-going")
    assert.include(rest.out, "Ann: 1 order, 0 refused, 1 line not read\na.txt:2:1: ")
    assert.strictEqual(await content("galaxy.json"), before)
    const nobody = await check()
    assert.deepEqual([nobody.code, nobody.err.split("\n")[0]], [2, "--orders is needed"])
  })
})

describe("play map", () => {
  it("draws what a race sees, and the part around a planet by its number or name", async () => {
    await begin()
    const report = await reportOf("Ann")
    const home = homeOf(report)
    const map = (...args: ReadonlyArray<string>) => run(["map", "--state", "galaxy.json", "--race", "ann", ...args])
    const whole = await map()
    assert.strictEqual(whole.out, renderMap(report))
    assert.include(whole.out, `*${home}`)
    const part = await map("--at", `#${home}`, "--radius", "10")
    assert.strictEqual(part.out, renderMap(report, { at: home, radius: 10 }))
    await write("a.txt", `N ${home} Earth\n`)
    await run(["turn", "--state", "galaxy.json", "--orders", "Ann=a.txt"])
    const named = await map("--at", "earth")
    assert.include(named.out, `\nFrom #${home} Earth\n`)
    for (const at of ["21", "#0", "Luna"]) {
      const nowhere = await map("--at", at)
      assert.deepEqual([nowhere.code, nowhere.err], [1, `Ann knows no planet ${at}; there are #1 to #20\n`])
    }
  })

  const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
    [["--at", ""], "--at needs a planet"],
    [["--radius", "5"], "--radius needs --at"],
    [["--at", "1", "--radius", "0"], '--radius must be a number of light years from 1 on, not "0"'],
    [["--at", "1", "--radius", "far"], '--radius must be a number of light years from 1 on, not "far"']
  ]
  it.each(wrong)("refuses %j", (args, says) => {
    const command = ["map", "--state", "g.json", "--race", "Ann", ...args]
    assert.include(Result.getOrThrow(Result.flip(readCommand(command))).message, says)
  })
})

describe("verdicts on orders", () => {
  const first = (): Report => {
    const galaxy = Result.getOrThrow(
      generate({
        game_id: GameId.make("6f1c3a52-8d0e-4b7a-9c55-0a4b2f7e1d10"),
        seed: "verdicts",
        races: ["Ann", "Bob"].map((name, at) => ({
          name,
          player_id: EnginePlayerId.make(`00000000-0000-4000-8000-00000000000${at}`)
        }))
      })
    )
    return reportsOf(galaxy, [])[0] ?? assert.fail("no report")
  }

  it("tell of routes that end at planets of others", () => {
    const [planet] = first().my_planets
    if (planet === undefined) return assert.fail("no planet")
    const order = (goods: string, to: number): Order => ({ op: "route", planet: 3, goods, to })
    const report: Report = {
      ...first(),
      my_planets: [{ ...planet, number: 3, name: "Home" }],
      foreign_planets: [{ ...planet, owner: "Bob", number: 5, name: "Red" }]
    }
    const read = {
      file: "a.txt",
      orders: [],
      places: [1, 2, 4].map((line) => ({ line, column: 2 })),
      unread: [],
      wrong: 0,
      outside: 0
    }
    const outcomes = [order("mat", 5), order("COL", 11), order("CAP", 5)].map((it, position) => ({
      position,
      accepted: position < 2,
      order: it
    }))
    const notes = [
      "a.txt:1:2: note: MAT from #3 Home goes to #5 Red of Bob: what is unloaded there becomes theirs",
      "a.txt:4:2: refused: unknown: "
    ]
    assert.deepEqual(verdictsOf(report, outcomes, read), ["Ann: 3 orders, 1 refused", ...notes])
    // Lines that weren't read are told in their place.
    const unread = [{ line: 3, column: 1, message: "what?" }]
    assert.deepEqual(verdictsOf(report, outcomes, { ...read, unread, wrong: 1 }, "; left"), [
      "Ann: 3 orders, 1 refused, 1 line not read; left",
      ...notes.slice(0, 1),
      "a.txt:3:1: what?",
      ...notes.slice(1)
    ])
  })

  it("pass on what the engine says of orders that it carries out", () => {
    const vote = {
      position: 0,
      accepted: true,
      message: "votes decide nothing",
      order: { op: "vote", race: "Bob" } as const
    }
    const read = { file: "a.txt", orders: [], places: [{ line: 7, column: 1 }], unread: [], wrong: 0, outside: 0 }
    assert.deepEqual(verdictsOf(first(), [vote], read), [
      "Ann: 1 order, 0 refused",
      "a.txt:7:1: note: votes decide nothing"
    ])
  })
})

describe("the galaxy file", () => {
  it("is refused when it is cut short, changed, of something else or missing", async () => {
    await begin()
    const whole = await content("galaxy.json")
    const lines = whole.split("\n")
    const other = seal("turn", { game_id: JSON.parse(lines[1] ?? "").game_id, turn: 7, log: [] })
    const broken: ReadonlyArray<readonly [text: string, says: RegExp]> = [
      ["", /cut short or not a state file/],
      [whole.slice(0, -10), /cut short|digest|not JSON/],
      [`${lines.slice(0, 2).join("\n")}\n`, /cut short/],
      [whole.replace('"turn":0', '"turn":5'), /does not match its digest/],
      [whole.replace("galaxy-engine/galaxy", "galaxy-engine/other"), /is not a file of format galaxy-engine\/galaxy/],
      [`${whole}more\n`, /cut short or not a state file/],
      [`${lines.slice(0, 2).join("\n")}\n${other}`, /the log of another turn/]
    ]
    for (const [text, says] of broken) {
      await write("galaxy.json", text)
      const ran = await run(["turn", "--state", "galaxy.json"])
      assert.strictEqual(ran.code, 1, ran.out)
      assert.strictEqual(ran.out, "")
      assert.match(ran.err, /^galaxy\.json /)
      assert.match(ran.err, says)
      assert.strictEqual(await content("galaxy.json"), text)
    }
    await rm(join(folder, "galaxy.json"))
    const missing = await run(["turn", "--state", "galaxy.json"])
    assert.match(missing.err, /^galaxy\.json can't be read: there is no such file or folder\n/)
    assert.strictEqual(missing.code, 1)
    assert.isFalse(existsSync(join(folder, "galaxy.json")))
  }, 240_000)

  /** Runs the command again and again, killed at a later operation each time, until it comes through. */
  const killedEverywhere = async (
    args: ReadonlyArray<string>,
    prepare: () => Promise<void>,
    look: () => Promise<void>
  ): Promise<number> => {
    for (let at = 0; ; at++) {
      await prepare()
      const ran = await run(args, { PLAY_KILL_AT: String(at) }, ["--import", pathToFileURL(killer).href])
      await look()
      if (ran.signal === null) {
        assert.strictEqual(ran.code, 0, ran.err)
        return at
      }
      assert.strictEqual(ran.signal, "SIGKILL")
    }
  }

  it("holds a whole turn wherever the making of the next one is killed", async () => {
    await begin()
    const old = await content("galaxy.json")
    const seen = new Map<string, number>()
    const kills = await killedEverywhere(
      ["turn", "--state", "galaxy.json"],
      () => write("galaxy.json", old),
      async () => {
        const text = await content("galaxy.json")
        seen.set(text, (seen.get(text) ?? 0) + 1)
      }
    )
    // The write was torn, the sync and the renaming were never reached, and so on.
    assert.isAtLeast(kills, 4)
    const next = await content("galaxy.json")
    assert.deepEqual([...seen.keys()], [old, next])
    assert.isAtLeast(seen.get(old) ?? 0, 4)
    assert.strictEqual((await reportOf("Ann")).turn, 1)
  }, 240_000)

  it("is there whole or not at all wherever its making is killed", async () => {
    await begin()
    const whole = await content("galaxy.json")
    const kills = await killedEverywhere(
      ["new", "--races", "Ann,Bob", "--seed", "first", "--state", "galaxy.json"],
      () => rm(join(folder, "galaxy.json"), { force: true }),
      async () => {
        if (existsSync(join(folder, "galaxy.json"))) assert.strictEqual(await content("galaxy.json"), whole)
      }
    )
    assert.isAtLeast(kills, 4)
  }, 240_000)
})

describe("play", () => {
  it("explains itself, and each of its commands", async () => {
    const general = await run(["--help"])
    assert.strictEqual(general.code, 0)
    for (const command of ["new", "check", "turn", "report", "map", "orders"]) {
      assert.include(general.out, `play ${command}`)
      const help = await run([command, "--help"])
      assert.strictEqual(help.code, 0)
      assert.match(help.out, new RegExp(`^play ${command}(?: --|\n)`))
    }
    const orders = await run(["orders"])
    for (const line of orderLines) {
      assert.include(general.out, `  ${line.trimEnd()}\n`)
      assert.include(orders.out, `  ${line.trimEnd()}\n`)
    }
  })

  it("says what is wrong with a command line", async () => {
    const none = await run([])
    assert.strictEqual(
      none.err,
      "a command is missing: new, check, turn, report, map, orders\nplay --help shows how it is used\n"
    )
    const other = await run(["constructor"])
    assert.include(other.err, 'unknown command "constructor"')
    const option = await run(["turn", "--sate", "galaxy.json"])
    assert.include(option.err, "--sate")
    const pair = await run(["turn", "--state", "galaxy.json", "--orders", "a.txt"])
    assert.include(pair.err, '--orders: expected RACE=FILE, not "a.txt"')
    assert.deepEqual([none.code, other.code, option.code, pair.code], [2, 2, 2, 2])
  })

  it("shows no report of a race that isn't there", async () => {
    await begin()
    const ran = await run(["report", "--state", "galaxy.json", "--race", "Eve"])
    assert.strictEqual(ran.code, 1)
    assert.strictEqual(ran.err, "there is no race Eve; there are Ann, Bob\n")
  })

  it("runs through npm, with names of files from where npm was started", async () => {
    const environment = { npm_lifecycle_event: "play", INIT_CWD: join(folder, "..") }
    const name = `${folder.split("/").at(-1)}/here.json`
    const ran = await run(["new", "--races", "Ann,Bob", "--state", name], environment)
    assert.strictEqual(ran.code, 0, ran.err)
    assert.isTrue(existsSync(join(folder, "here.json")))
  })
})
