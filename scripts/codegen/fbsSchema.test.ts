import { describe, expect, it } from "vitest"
import { FbsError, readSchemas } from "./fbsSchema.ts"
import { renderTables } from "./fbsTables.ts"
import { generateReaders } from "./flatc.ts"

const common = `namespace galaxy.common;
/// What went wrong.
table Problem { code: string (required); message: string; }
file_identifier "GLXC";
`
const lobby = `include "common.fbs";

attribute "json";
namespace galaxy.lobby; // everything about games

table Player { name: string (required); score: double = -1.5e3; }
/* a game,
   over two lines */
table Game {
  game_id: string (required);
  max: int = null;
  open: bool = true;
  players: [Player];
  retired: string (deprecated);
  blob: [ubyte] (required);
  ids: [long];
  tags: [string];
  problem: galaxy.common.Problem;
  other: common.Problem;
  big: ulong = 9007199254740991;
  closed: bool = false;
  count: uint = +7;
  extra: string (required, json);
}
root_type Game;
`
const read = (source: string) => readSchemas(new Map([["fbs/one.fbs", source]]))
const inTable = (fields: string) => () => read(`namespace a;\ntable T {\n${fields}\n}`)

describe("readSchemas", () => {
  const tables = readSchemas(
    new Map([
      ["common.fbs", common],
      ["lobby.fbs", lobby]
    ])
  )

  it("describes every table by its full name", () => {
    expect([...tables.keys()]).toEqual(["galaxy.common.Problem", "galaxy.lobby.Player", "galaxy.lobby.Game"])
  })

  it("gives names, slots, types, presence and defaults", () => {
    expect(tables.get("galaxy.lobby.Game")?.fields).toEqual([
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "max", slot: 1, type: "int", optional: true },
      { name: "open", slot: 2, type: "bool", default: true },
      { name: "players", slot: 3, type: { vector: { table: "galaxy.lobby.Player" } } },
      { name: "blob", slot: 5, type: "bytes", required: true },
      { name: "ids", slot: 6, type: { vector: "long" } },
      { name: "tags", slot: 7, type: { vector: "string" } },
      { name: "problem", slot: 8, type: { table: "galaxy.common.Problem" } },
      { name: "other", slot: 9, type: { table: "galaxy.common.Problem" } },
      { name: "big", slot: 10, type: "ulong", default: 9007199254740991 },
      { name: "closed", slot: 11, type: "bool" },
      { name: "count", slot: 12, type: "uint", default: 7 },
      { name: "extra", slot: 13, type: "json", required: true }
    ])
    expect(tables.get("galaxy.lobby.Player")?.fields[1]).toEqual({
      name: "score",
      slot: 1,
      type: "double",
      default: -1500
    })
  })

  it("numbers slots as the FlatBuffers compiler does", async () => {
    const generated = await generateReaders(
      new Map([
        ["common.fbs", common],
        ["lobby.fbs", lobby]
      ])
    )
    const code = generated.get("galaxy/lobby/game.ts") ?? ""
    const slots = [...code.matchAll(/static add(\w+)\(builder:[^{]*\{\s*builder\.addField\w+\((\d+),/g)].map(
      ([, name, slot]) => [name?.toLowerCase(), Number(slot)]
    )
    expect(slots).toEqual(
      tables.get("galaxy.lobby.Game")?.fields.map(({ name, slot }) => [name.replaceAll("_", ""), slot])
    )
    expect(code).toContain("from './player.ts'")
    expect(code).toContain("from '../common/problem.ts'")
  })

  it("renders a module that holds the same tables", async () => {
    const source = renderTables(tables)
      .replace(/^import type.*$/m, "")
      .replace(" as const satisfies Record<string, Table>", "")
      .replace(/^export type.*$/m, "")
    const module = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { tables: object }
    expect(module.tables).toEqual(Object.fromEntries(tables))
  })

  it.each([
    ["a type outside the subset", inTable("  ok: int;\n  n: ushort;"), 'fbs/one.fbs:4: type "ushort" is not used here'],
    ["an unknown table", inTable("  n: Nothing;"), 'fbs/one.fbs:3: there is no table "Nothing"'],
    ["an unknown table in a vector", inTable("\n  n: [Nothing];"), 'fbs/one.fbs:4: there is no table "Nothing"'],
    ["a number that is required", inTable("  n: int (required);"), 'fbs/one.fbs:3: "n" can not be required'],
    ["a string with a default", inTable('  n: string = "x";'), 'fbs/one.fbs:3: "n" can have no default'],
    ["a default out of range", inTable("  n: uint = -1;"), 'fbs/one.fbs:3: "-1" is not a valid default for uint'],
    ["a default of another type", inTable("  n: bool = 1;"), 'fbs/one.fbs:3: "1" is not a valid default for bool'],
    ["a fraction for an integer", inTable("  n: int = 1.5;"), 'fbs/one.fbs:3: "1.5" is not a valid default for int'],
    ["json that is no string", inTable("  n: int (json);"), 'fbs/one.fbs:3: "n" can not be json'],
    ["an unknown attribute", inTable("  n: string (id: 4);"), 'fbs/one.fbs:3: attribute "id" is not used here'],
    ["a field twice", inTable("  n: int;\n  n: int;"), 'fbs/one.fbs:4: a.T has two fields named "n"'],
    ["a missing semicolon", inTable("  n: int"), 'fbs/one.fbs:4: expected ";", found "}"'],
    ["an enum", () => read("namespace a;\n\nenum E { A }"), 'fbs/one.fbs:3: "enum" is not used here'],
    ["a table twice", () => read("table T {}\ntable T {}"), "fbs/one.fbs:2: table T is declared twice"],
    [
      "an include of nothing",
      () => read('\ninclude "no.fbs";'),
      'fbs/one.fbs:2: included file "no.fbs" does not exist'
    ],
    ["a stray character", () => read("table T {\n  n: int;\n ? }"), 'fbs/one.fbs:3: unexpected "?"'],
    ["a table that does not end", () => read("table T {\n  n: int;"), "fbs/one.fbs:2: expected a field's name, found"]
  ])("refuses %s with file and line", (_, attempt, message) => {
    expect(attempt).toThrow(FbsError)
    expect(attempt).toThrow(message)
  })
})
