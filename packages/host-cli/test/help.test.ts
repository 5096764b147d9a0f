/** Help from the bundle's pages and help by the parser are the same, for every command and however it is asked for. */
import { Effect } from "effect"
import { allDocs } from "galaxy-admin/help/docs"
import { helpText } from "galaxy-admin/help/formatter"
import { manPage } from "galaxy-admin/help/man"
import type { HelpPage } from "galaxy-admin/help/page"
import { quickPage, quickPages, type QuickPages } from "galaxy-admin/help/quick"
import { tree } from "galaxy-admin/tree/build"
import { beforeAll, expect, it } from "vitest"
import { cli } from "./cli.ts"

let all: ReadonlyArray<HelpPage> = []
let quick: QuickPages

beforeAll(async () => {
  all = await Effect.runPromise(allDocs(tree()))
  quick = JSON.parse(JSON.stringify(quickPages(all))) as QuickPages
})

const quickly = (args: ReadonlyArray<string>, columns: number) => {
  const page = quickPage(args, quick)
  return page === undefined ? undefined : helpText(page, columns)
}

it("of every command", async () => {
  expect(all.length).toBeGreaterThan(90)
  for (const { path } of all) {
    const { code, stdout } = await cli([...path, "--help"], { columns: 72 })
    expect(code).toBe(0)
    expect(quickly([...path, "--help"], 72)).toBe(stdout)
  }
})

it.each([[[]], [["game"]], [["-h"]], [["game", "-h"]], [["--help", "game", "list"]], [["game", "--help", "list"]]])(
  "asked for as %j",
  async (args) => {
    expect(quickly(args, 100)).toBe((await cli(args, { columns: 100 })).stdout)
  }
)

it.each([
  [["game", "list"]],
  [["why"]],
  [["game list", "--help"]],
  [["", "--help"]],
  [["gaem", "--help"]],
  [["constructor", "--help"]],
  [["game", "list", "--status", "running", "--help"]],
  [["game", "get", "--", "--help"]],
  [["help"]],
  [["help", "game"]]
])("%j is the parser's", (args) => {
  expect(quickly(args, 80)).toBeUndefined()
})

it("is the manual's text too, in which nothing but the manual's own marks is obeyed by roff", () => {
  const odd = "It's C:\\temp.\n.SH of a text\n'quoted' --so"
  const [root] = all
  const leaf: HelpPage = { ...root!, path: ["odd"], description: odd, groups: [], examples: [odd] }
  const lines = manPage([...all, leaf]).split("\n")
  for (const { path, groups } of all) {
    if (groups.length > 0) continue
    const title = `.SS "${["galaxy-admin", ...path].join(" ").replaceAll("-", "\\-")}`
    expect(lines.some((it) => it.startsWith(title))).toBe(true)
  }
  expect(lines).toEqual(expect.arrayContaining(["It's C:\\etemp.", "\\&.SH of a text", "\\&'quoted' \\-\\-so"]))
  const macros = new Set(lines.filter((it) => /^[.']/.test(it)).map((it) => it.split(" ")[0]))
  expect(macros).toEqual(new Set(['.\\"', ".B", ".PP", ".RE", ".RS", ".SH", ".SS", ".TH", ".TP", ".fi", ".nf"]))
})

it("has only characters of one column", () => {
  expect(all.map((it) => helpText(it, 80)).join("")).toMatch(/^[\n\u0020-\u007e…]*$/)
})
