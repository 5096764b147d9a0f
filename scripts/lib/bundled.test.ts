import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { expect, it } from "vitest"
import { bundled, entries } from "./bundled.ts"

it("has every program, and does not make it again while no source has changed", () => {
  const paths = entries.map((entry) => bundled(entry))
  expect(paths.filter((path) => !existsSync(path))).toEqual([])
  expect(entries.map((entry) => bundled(entry))).toEqual(paths)
})

it("starts a program without the condition for sources", () => {
  const program = bundled("all-in-one/main")
  const { status, stdout } = spawnSync(process.execPath, [program, "--help"], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" }
  })
  expect(status).toBe(0)
  expect(stdout).toContain("GALAXY_DATA_DIR")
})
