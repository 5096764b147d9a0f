/** A stream ends with exactly one line that says so, however the command ends; a list of any length holds few pages. */
import { describe, expect, it } from "vitest"
import { cli, json, signedIn, type Surroundings } from "./cli.ts"

const id = "0190a0b0-0000-7000-8000-000000000001"
const why =
  (...blocks: ReadonlyArray<object>) =>
  () =>
    json({ game_id: id, game_name: "Orion", status: "running", blocks })
const refusal = () => json({ error: { code: "not_found", message: "no such game" } }, 404)
let calls = 0
const oneFails = () => (++calls > 2 ? refusal() : json({ game_id: id, status: "paused" }))

const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, Surroundings["fetch"], string, number]> = [
  ["why that finds nothing", ["why", id], why(), "result", 0],
  ["why that finds that somebody must act", ["why", id], why({ code: "paused", acts: "operator" }), "result", 1],
  ["why whose answer lacks what is in the way", ["why", id], () => json({ game_id: id }), "result", 1],
  ["doctor that finds a problem", ["doctor"], refusal, "result", 1],
  ["a refusal", ["game", "get", id], refusal, "error", 5],
  ["wrong usage", ["game", "list", "--limit", "ten"], refusal, "error", 64],
  ["a list", ["game", "list"], () => json({ games: [{ game_id: id }] }), "result", 0],
  ["some of several that fail", ["game", "pause", "-", "--yes", "--jobs", "1"], oneFails, "error", 3]
]

describe("a stream's last line", () => {
  it.each(cases)("of %s", async (_, args, fetch, type, exit) => {
    const input = `${id}\n${id.replace(/1$/, "2")}\n${id.replace(/1$/, "3")}\n`
    const { code, stdout, stderr } = await cli(
      [...args, "-o", "stream-json"],
      fetch === undefined ? { input } : { fetch, input }
    )
    const types = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly type: string }).type)
    expect([code, types.at(-1), types.filter((it) => it === "result" || it === "error").length]).toEqual([
      exit,
      type,
      1
    ])
    expect(stderr === "").toBe(code === 0)
  })
})

it("a list of 100,000 rows holds two pages at most, and asks for no more before its reader has taken one", async () => {
  const rows = 100_000
  const size = 200
  let asked = 0
  let written = 0
  let ahead = 0
  const fetch = (request: Request) => {
    expect(new URL(request.url).searchParams.get("limit")).toBe(String(size))
    const from = asked * size
    asked++
    ahead = Math.max(ahead, asked - Math.floor(written / size))
    const games = Array.from({ length: size }, (_, at) => ({ game_id: id, current_turn: from + at }))
    return json({ games, ...(from + size < rows ? { next_cursor: String(from + size) } : {}) })
  }
  const { code, longest } = await counted(["game", "list", "-o", "stream-json"], fetch, (lines) => (written += lines))
  expect([code, asked, written]).toEqual([0, rows / size, rows + 1])
  expect(ahead).toBeLessThanOrEqual(2)
  // What is written at once is one page.
  expect(longest).toBe(size)
})

/** Runs without keeping what is written; returns the most lines that came at once. */
const counted = async (args: ReadonlyArray<string>, fetch: Surroundings["fetch"], taken: (lines: number) => void) => {
  let longest = 0
  const { code } = await cli(args, {
    env: signedIn,
    ...(fetch === undefined ? {} : { fetch }),
    onOutput: (text) => {
      const lines = text.split("\n").length - 1
      longest = Math.max(longest, lines)
      taken(lines)
    }
  })
  return { code, longest }
}
