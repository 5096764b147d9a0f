/** Every program in docs/guides/testing.md is a file of `guide/`, and those for other runners than this one run here. */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const folder = join(import.meta.dirname, "guide")
const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/testing.md"), "utf8")
const programs = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8").trim() }))
const shown = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ""]) => text.trim())

describe("the guide to testing", () => {
  it("shows programs that are run, and no others", () => {
    expect(shown.length).toBeGreaterThan(0)
    for (const text of shown) expect(programs.map((it) => it.text)).toContain(text)
  })

  it.each(programs.filter((it) => it.file.endsWith(".node.ts")))("$file passes with node:test", ({ file }) => {
    const run = spawnSync(process.execPath, ["--test", "--test-reporter=tap", join(folder, file)], {
      encoding: "utf8",
      timeout: 110_000
    })
    expect(run.stdout).toMatch(/^# pass [1-9]\d*$/m)
    expect(run.stdout).toMatch(/^# fail 0$/m)
    expect(run.status).toBe(0)
  })
})
