/** An embedding program may have a copy of Effect of its own, of another version than ours. */
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { database, serverUrl } from "./fixture.ts"

const root = join(import.meta.dirname, "../../..")

describe.skipIf(serverUrl === undefined)("a program with another copy of Effect", () => {
  const made = database()
  let folder = ""
  beforeAll(() => {
    // Below the repository, so that the packages are found.
    mkdirSync(join(root, ".cache"), { recursive: true })
    folder = mkdtempSync(join(root, ".cache", "two-effects-"))
    const copy = join(folder, "node_modules/effect")
    const wanted = (path: string) => !/\.(?:map|ts|md)$/.test(path)
    for (const part of ["package.json", "dist"])
      cpSync(join(root, "node_modules/effect", part), join(copy, part), { recursive: true, filter: wanted })
    cpSync(join(import.meta.dirname, "programs/twoEffects.ts"), join(folder, "main.ts"))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("exchanges plain values with its Galaxy", async () => {
    const env = { ...process.env, DATABASE_URL: made.url }
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "main.ts")], { env })
    expect(JSON.parse(stdout)).toEqual({
      ofItsOwn: expect.stringContaining(pathToFileURL(folder).href),
      name: "Final",
      undone: "changed my mind",
      refused: "wrong_state",
      told: { title: "Final" },
      mailed: "Final",
      wrong: "refused",
      games: { count: 1 }
    })
  })
})
