/** Every decision has a number of its own, a title, a date and a status. */
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { decisionFiles, decisionIndex, readDecisions } from "./lib/decisions.ts"

const good = "# 0001 One\n\nDate: 2026-11-21 · Status: accepted\n\nText.\n"

describe("decisions", () => {
  it("of this repository can be listed", () => {
    const folder = join(import.meta.dirname, "../docs/decisions")
    const { decisions, problems } = readDecisions(decisionFiles(folder))
    expect(problems).toEqual([])
    expect(decisions.length).toBeGreaterThan(20)
  })

  it("are listed by number, with date and status", () => {
    const { decisions } = readDecisions(
      new Map([
        ["0002-two.md", good.replace("0001 One", "0002 Two")],
        ["0001-one.md", good]
      ])
    )
    expect(decisionIndex(decisions)).toContain(
      "| 0001 | [One](0001-one.md) | 2026-11-21 | accepted |\n| 0002 | [Two](0002-two.md) | 2026-11-21 | accepted |\n"
    )
  })

  it.each([
    ["one.md", good, "the name must be"],
    ["0002-one.md", good, 'the first line must be "# 0002 Title"'],
    ["0001-one.md", "# 0001 One\n\nText.\n", "the paragraph under the title"],
    ["0001-one.md", good.replace(" · Status: accepted", ""), "the paragraph under the title"],
    ["0001-one.md", good.replace("accepted", "maybe"), "the paragraph under the title"],
    ["0001-one.md", good.replace("2026-11-21", "yesterday"), "the paragraph under the title"]
  ])("%s is refused", (file, text, problem) => {
    expect(readDecisions(new Map([[file, text]])).problems.join()).toContain(problem)
  })

  it("of one number are refused", () => {
    const files = new Map([
      ["0001-one.md", good],
      ["0001-two.md", good]
    ])
    expect(readDecisions(files).problems).toEqual(["0001-two.md: 0001 is already used"])
  })
})
