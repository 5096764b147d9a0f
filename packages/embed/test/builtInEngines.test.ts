import { execFile } from "node:child_process"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { builtInEngines, type BuiltInEnginesOptions } from "@galaxy/embed/builtInEngines"
import { describe, expect, it } from "vitest"
import { database, serverUrl } from "./fixture.ts"

it.each<[string, Partial<Record<keyof BuiltInEnginesOptions, unknown>>, string]>([
  ["no folder", { folder: undefined }, "folder is missing"],
  ["no process at all", { folder: "x", maxProcesses: 0 }, "maxProcesses"],
  ["half a process", { folder: "x", maxProcesses: 0.5 }, "maxProcesses"],
  ["no time awake", { folder: "x", sleepAfterMs: 0 }, "sleepAfterMs"]
])("built-in engines aren't had with %s", (_, options, words) => {
  expect(() => builtInEngines(options as unknown as BuiltInEnginesOptions)).toThrow(words)
})

describe.skipIf(serverUrl === undefined)("the built-in engine", () => {
  const made = database()

  it("plays a game of an embedded Galaxy, and ends with it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "galaxy-embed-"))
    try {
      const program = fileURLToPath(new URL("programs/game.ts", import.meta.url))
      const env = { ...process.env, DATABASE_URL: made.url, ENGINES_FOLDER: folder }
      const { stdout } = await promisify(execFile)(process.execPath, [program], { env })
      expect(JSON.parse(stdout)).toEqual({ turn: 1, before: true, after: false })
      expect(await readdir(join(folder, "games"))).toHaveLength(1)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
