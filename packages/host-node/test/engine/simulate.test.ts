/** The simulator as people run it: its table, its help and what it says to wrong arguments. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { bundled } from "../../../../scripts/lib/bundled.ts"

const main = bundled("engine/simulate")
const tree = fileURLToPath(new URL("../../../..", import.meta.url))
const run = (...args: ReadonlyArray<string>) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8" })

describe("the simulator", () => {
  it("plays games and prints a table of them, the same for the same seed but for the time", () => {
    const timeless = (text: string) => text.replaceAll(/ *\d+\.\d$/gm, "")
    const first = run("--games", "2", "--players", "2", "--turns", "8", "--seed", "t")
    assert.deepStrictEqual([first.status, first.stderr], [0, ""])
    const lines = first.stdout.split("\n")
    assert.match(lines[1] ?? "", /^t-1 +8 +- /)
    assert.match(lines[2] ?? "", /^t-2 +8 +- /)
    assert.include(first.stdout, "2 games, 0 decided")
    const again = run("--games", "2", "--players", "2", "--turns", "8", "--seed", "t")
    assert.strictEqual(timeless(again.stdout), timeless(first.stdout))
  })

  it("compares levels, and with the bot of another work tree", () => {
    const levels = run("--games", "2", "--players", "2", "--turns", "5", "--level", "hard", "--versus", "easy")
    assert.deepStrictEqual([levels.status, levels.stderr], [0, ""])
    assert.match(levels.stdout, /^easy: \d of 2 seats won\nhard: \d of 2 seats won$/m)
    const other = run("--games", "1", "--players", "2", "--turns", "5", "--versus", tree)
    assert.deepStrictEqual([other.status, other.stderr], [0, ""])
    assert.include(other.stdout, `${tree}: 0 of 1 seats won\nfair: 0 of 1 seats won`)
  })

  it("helps", () => {
    const help = run("--help")
    assert.strictEqual(help.status, 0)
    assert.include(help.stdout, "npm run simulate -- [options]")
  })

  it.each([
    [["--games", "0"], "--games: expected a whole number from 1 to 10000"],
    [["--players", "1.5"], "--players: expected a whole number from 2 to 250"],
    [["--temperament", "mad"], "--temperament: expected one of builder, raider, diplomat"],
    [["--level", "mad"], "--level: expected one of easy, fair, hard"],
    [["--versus", "mad"], "--versus: expected easy, fair, hard or a folder with packages/engine/src/bot"],
    [["--nothing"], "--nothing"]
  ])("says what is wrong with %j", (args, problem) => {
    const refused = run(...args)
    assert.strictEqual(refused.status, 2)
    assert.include(refused.stderr, problem)
    assert.strictEqual(refused.stdout, "")
  })
})
