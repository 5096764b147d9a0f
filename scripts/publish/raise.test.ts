import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../lib/tree.ts"
import { releasedChangelog, tell, withVersion } from "./raise.ts"

const told = ["package.json", "packages/contract/src/release.ts", "CHANGELOG.md"]

it("a new version is told wherever this repository tells it by hand, and once only", () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-raise-"))
  try {
    for (const path of told) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      cpSync(join(root, path), join(folder, path))
    }
    const read = () => told.map((path) => readFileSync(join(folder, path), "utf8"))
    tell(folder, "98.7.6", "2030-01-02")
    const [manifest = "", release = "", changelog = ""] = read()
    expect(JSON.parse(manifest)).toMatchObject({ name: "galaxy", version: "98.7.6" })
    expect(release).toMatch(/^export const release = "98\.7\.6"$/m)
    expect(changelog).toContain("\n## Unreleased\n\n## 98.7.6 (2030-01-02)\n")
    tell(folder, "98.7.6", "2030-01-03")
    expect(read()).toEqual([manifest, release, changelog])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it("a place that tells no version is an error", () => {
  expect(() => withVersion("const x = 1", /(export const release = )"[^"]*"/, "1.0.0")).toThrow("no version is told")
  expect(() => releasedChangelog("# Changelog\n", "1.0.0", "2030-01-02")).toThrow("Unreleased")
})
