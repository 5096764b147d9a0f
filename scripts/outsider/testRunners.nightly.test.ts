/** The testkit with other test runners, from packed packages: `startGalaxy` under Jest and Bun, both installed from npm. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { npm, run } from "../lib/run.ts"
import { publishedFolders } from "../publish/stage.ts"
import { makeOutside, strangerEnv } from "./outside.ts"

const versions = { bun: "1.4.5", jest: "30.5.2" }
const { outside, install, remove } = makeOutside()
const tools = join(outside, "tools")
const tests = join(outside, "tests")

/** One test, in words that both runners know. Bun has `describe` and `test` as globals too. */
const program = `
import assert from "node:assert/strict"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"

test("players hear of every turn, and nothing is left of them by a reset", async () => {
  const galaxy = await startGalaxy()
  try {
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const game = await galaxy.game([ada, lin], { turnSchedule: "0 6 * * *" })
    await galaxy.advanceToTurn(game, 1)
    assert.equal((await lin.event("game.turn.ready")).payload.game_id, game.game_id)
    await galaxy.reset()
    assert.equal(galaxy.mails().length, 0)
  } finally {
    await galaxy.close()
  }
}, 240_000)

test("a test that fails is told", () => {
  assert.equal(process.env.SHOULD_FAIL ?? "", "")
})
`

beforeAll(async () => {
  mkdirSync(tools)
  mkdirSync(tests)
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  const options = ["--prefix", tools, "--no-audit", "--no-fund", "--no-save"]
  await npm(outside, ["install", ...options, ...wanted], { env: strangerEnv(), timeoutMs: 300_000 })
  await install(publishedFolders)
  writeFileSync(join(tests, "galaxy.test.mjs"), program)
  writeFileSync(
    join(tests, "jest.config.json"),
    JSON.stringify({ rootDir: tests, testEnvironment: "node", transform: {}, testMatch: ["**/*.test.mjs"] })
  )
}, 600_000)

afterAll(remove)

const jest = [
  process.execPath,
  [
    "--experimental-vm-modules",
    join(tools, "node_modules/jest/bin/jest.js"),
    "--config",
    join(tests, "jest.config.json")
  ]
] as const
const bun = [join(tools, "node_modules/.bin/bun"), ["test"]] as const

describe.each([
  ["Jest", ...jest],
  ["Bun", ...bun]
] as const)("startGalaxy under %s", (_, command, args) => {
  const env = (more: NodeJS.ProcessEnv = {}) => ({ ...strangerEnv(), ...more })

  it("plays a turn and ends", async () => {
    const { stdout, stderr } = await run(command, args, { cwd: tests, env: env(), timeoutMs: 300_000 })
    expect(stdout + stderr).toMatch(/2 pass/)
  })

  it("fails with a test that fails", async () => {
    const failing = run(command, args, { cwd: tests, env: env({ SHOULD_FAIL: "yes" }), timeoutMs: 300_000 })
    await expect(failing).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/1 fail/) })
  })
})
