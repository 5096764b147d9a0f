/** `why`, `doctor` and `watch` against a server in memory. */
import { release } from "@galaxy/contract/release"
import { describe, expect, it } from "vitest"
import { cli, json } from "./cli.ts"

const now = Date.parse("2026-11-30T12:00:00Z")
const id = "0190a0b0-0000-7000-8000-000000000001"

const running = {
  game_id: id,
  game_name: "Orion",
  status: "running",
  visibility: "public",
  summary: "",
  current_turn: 12,
  turn_schedule: "0 6 * * *",
  time_zone: "Europe/Berlin",
  next_turn_at: "2026-12-01T05:00:00.000Z",
  next_turn_why: "schedule",
  skipped: 0,
  decision: { text: "on time", decided_at: "2026-11-30T05:00:00.000Z" },
  last_turn: {
    turn: 12,
    due_at: "2026-11-30T05:00:00.000Z",
    started_at: "2026-11-30T05:00:00.160Z",
    finished_at: "2026-11-30T05:00:01.000Z",
    took_ms: 840
  },
  engine: { version: "1.4.2", version_enabled: true, state: "running", game_state_in: "database", health: "healthy" },
  orders: {
    players: 8,
    given: 7,
    awaited: [{ user_id: id, race_name: "Vega", missed_turns: 2 }],
    reminded_after: 1,
    removed_after: 3,
    absence_action: "removal"
  },
  blocks: []
}

describe("why", () => {
  it("tells when the next turn comes, and exits with 0", async () => {
    const { code, stdout } = await cli(["why", id], { now, fetch: () => json(running) })
    expect(stdout).toBe(`"Orion" is running, turn 12, and waits. Nothing blocks it.
  Next    turn 13, Tue 2026-12-01 06:00 Europe/Berlin (in 17 h); schedule 0 6 * * * Europe/Berlin
  Last    turn 12, due Mon 2026-11-30 06:00 Europe/Berlin, made 6 h ago (on time) in 840 ms; decided: on time
  Engine  1.4.2, running, answers, state in the database
  Orders  7 of 8; Vega missed 2 turns: reminded, removed after 1 more
`)
    expect(code).toBe(0)
  })

  it("tells a turn that was late, one of which no time is known, and one that was asked for", async () => {
    const shown = async (change: object) =>
      (await cli(["why", id], { now, fetch: () => json({ ...running, ...change }) })).stdout
    const late = { ...running.last_turn, due_at: "2026-11-30T03:30:00.000Z" }
    expect(await shown({ last_turn: late })).toContain(
      "due Mon 2026-11-30 04:30 Europe/Berlin, made 6 h ago (1 h late) in 840 ms"
    )
    const { due_at: _, ...older } = running.last_turn
    expect(await shown({ last_turn: older })).toContain(
      "Last    turn 12, made Mon 2026-11-30 06:00 Europe/Berlin (6 h ago) in"
    )
    expect(await shown({ asked_for: true })).toContain(
      "Next    turn 13, asked for: as soon as it can be made; schedule 0 6"
    )
  })

  it.each([
    ["public", ["start_failed"], ["game retry", "game force-start"]],
    ["private", ["start_failed"], ["game force-start"]],
    // A server of an earlier release doesn't tell: what works for every game is named.
    [undefined, ["start_failed"], ["game force-start"]],
    ["private", ["start_failed", "version_disabled"], [`game force-start ${id} --engine VERSION`]],
    ["private", ["stopped", "version_disabled"], [`game force-start ${id} --engine VERSION`]],
    ["public", ["not_enough_players"], ["game applications", "game members", "game force-start"]],
    ["private", ["not_enough_players"], ["game members", "game force-start"]]
  ])("names only commands that a %s game takes beside %j", async (visibility, codes, commands) => {
    const blocks = codes.map((code) => ({ code, message: "m", acts: "operator" }))
    const { stdout } = await cli(["why", id], { now, fetch: () => json({ ...running, visibility, blocks }) })
    const named = [...stdout.matchAll(/→ galaxy-admin (game .*?)(?: {2}#|\n)/g)].map((it) => it[1])
    expect(named).toEqual(commands.map((it) => (it.includes(id) ? it : `${it} ${id}`)))
  })

  it.each([
    ["start_failed", [`game force-start ${id} --engine VERSION`]],
    ["generation_failed", [`runtime operations ${id}`, `runtime patch ${id} VERSION --reason TEXT`, "engine list"]],
    ["stopped", [`game force-start ${id} --engine VERSION`, "engine list"]],
    ["generating", []]
  ])("names what can be done about an engine's refusal beside %s", async (beside, commands) => {
    const blocks = [{ code: beside }, { code: "engine_refused", message: "the engine answers and refused it: no" }]
    const { stdout } = await cli(["why", id], { now, fetch: () => json({ ...running, blocks }) })
    const [, after = ""] = stdout.split("engine_refused:")
    expect([...after.matchAll(/→ galaxy-admin (.*?)(?: {2}#|\n)/g)].map((it) => it[1])).toEqual(commands)
  })

  it("names the command that helps where somebody must act, and exits with 1", async () => {
    const blocks = [
      { code: "generation_failed", message: "the turn could not be made: out of memory", acts: "operator" }
    ]
    const answer = { ...running, blocks }
    const { code, stdout } = await cli(["why", id], { now, fetch: () => json(answer) })
    expect(stdout).toContain("turn 12. Somebody must act.")
    expect(stdout).toContain(`→ galaxy-admin runtime next-turn ${id} --expect 12`)
    expect(code).toBe(1)
    const asJson = await cli(["why", id, "-o", "json"], { now, fetch: () => json(answer) })
    expect([asJson.code, JSON.parse(asJson.stdout)]).toEqual([1, answer])
  })
})

describe("doctor", () => {
  const diagnostics = {
    at: new Date(now).toISOString(),
    release,
    findings: [
      { id: "mail.relay", state: "problem", message: "The mail relay can't be used: timeout.", help: "Check it." }
    ]
  }

  it("shows the server's findings with what to do, and exits with 1 for a problem", async () => {
    const { code, stdout } = await cli(["doctor"], { now, fetch: () => json(diagnostics) })
    expect(stdout).toContain("problem  The mail relay can't be used: timeout.  [mail.relay]\n         → Check it.\n")
    expect(stdout).toContain("ok       This machine's clock agrees with the backend's.  [clock.here]")
    expect(code).toBe(1)
  })

  it("warns of clocks and releases that differ, and a warning is no failure", async () => {
    const away = { ...diagnostics, at: new Date(now + 60_000).toISOString(), release: "9.9.9", findings: [] }
    const { code, stdout } = await cli(["doctor", "-o", "json"], { now, fetch: () => json(away) })
    const states = JSON.parse(stdout).findings.map((it: { id: string; state: string }) => `${it.id} ${it.state}`)
    expect([code, states]).toEqual([0, ["server ok", "release warning", "clock.here warning"]])
  })

  it("says so where nothing answers", async () => {
    const unreached = await cli(["doctor"], {})
    expect(unreached.code).toBe(1)
    expect(unreached.stdout).toMatch(/^problem {2}.*\[server\]/)
    const redis = await cli(["doctor", "--redis", "redis://127.0.0.1:1"], {})
    expect([redis.code, redis.stdout.includes("Redis at 127.0.0.1:1 can't be used")]).toEqual([1, true])
    expect((await cli(["doctor", "--redis", "redis://:s3cret@127.0.0.1:1"], {})).code).toBe(64)
    const sentinels = await cli(["doctor", "--sentinels", "127.0.0.1:1,[::1]:1"], {})
    expect(sentinels.code).toBe(1)
    expect(sentinels.stdout).toMatch(
      /^problem {2}2 of 2 Sentinels don't answer: 127\.0\.0\.1:1 \(.*\[redis\.sentinels\]/
    )
    expect(sentinels.stdout).toContain("Redis at mymaster of the Sentinels 127.0.0.1:1, ::1:1 can't be used")
    expect((await cli(["doctor", "--sentinels", "10.0.0.1"], {})).code).toBe(64)
  })
})

describe("host forget", () => {
  it("of one that is in use gives no advice about engine versions", async () => {
    const error = { code: "conflict", reason: "in_use", message: "the host is in this backend's settings" }
    const { code, stderr } = await cli(["host", "forget", "beta"], {
      fetch: () => Response.json({ error }, { status: 409 })
    })
    expect(code).not.toBe(0)
    expect(stderr).toContain("galaxy-admin host list")
    expect(stderr).not.toContain("engine register")
  })
})

describe("watch", () => {
  it("tells what a game is at first, and ends once it is as wanted", async () => {
    const game = { game_id: id, game_name: "Orion", status: "running", current_turn: 12 }
    const { code, stdout } = await cli(["watch", "game", id, "--until", "status=running", "-o", "stream-json"], {
      fetch: () => json(game)
    })
    const [change, result] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(change.data).toMatchObject({ id, new: true, changes: { status: { from: null, to: "running" } } })
    expect(result).toEqual({ type: "result", data: { met: true, until: "status=running" } })
  })

  it("refuses a condition or a time that is none", async () => {
    for (const flags of [
      ["--until", "running"],
      ["--for", "soon"]
    ]) {
      expect((await cli(["watch", "game", id, ...flags], { fetch: () => json({}) })).code).toBe(64)
    }
  })
})
