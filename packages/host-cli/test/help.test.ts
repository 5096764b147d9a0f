/** Help from the bundle's pages and help by the parser are the same, for every command and however it is asked for. */
import { Effect } from "effect"
import { allDocs } from "galaxy-admin/help/docs"
import { helpText } from "galaxy-admin/help/formatter"
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

it("has only characters of one column", () => {
  expect(all.map((it) => helpText(it, 80)).join("")).toMatch(/^[\n\u0020-\u007e…]*$/)
})
