import type { Diagnostics } from "@galaxy/contract/api/admin/Diagnostics"
import { GameId } from "@galaxy/contract/ids/Ids"
import { release } from "@galaxy/contract/release"
import { findings } from "@galaxy/core/http/findings"
import { DateTime } from "effect"
import { describe, expect, it } from "vitest"

type Facts = Omit<typeof Diagnostics.Type, "findings">

const at = DateTime.makeUnsafe("2026-01-01T00:00:00Z")

const well: Facts = {
  at,
  release,
  database: {
    version: "18",
    size_bytes: 1,
    migration: 1,
    latest_migration: 1,
    writable: true,
    oldest_transaction_seconds: 0,
    clock_ahead_ms: 0
  },
  workers: [],
  mail: { pending: 0, dead_lettered: 0, relay: { state: "ok" } },
  engine_host: { state: "ok", running: 0, asleep: 0 },
  engine_images: [{ version: "0.1.0", image_ref: "builtin:0.1.0", state: "ok" }],
  silent_engines: [],
  disks: [],
  backends: [],
  notifications: { dead_letters: 0, malformed: 0 },
  account_ends_open: 0,
  runtimes: []
}

const silent = (hung: number, computing: number) => {
  const of = (count: number, computes: boolean) =>
    Array.from({ length: count }, (_, n) => ({
      game_id: GameId.make(`0190a0b0-0000-7000-8000-${computes ? "1" : "0"}${String(n).padStart(11, "0")}`),
      computing: computes
    }))
  const found = findings({ ...well, silent_engines: [...of(hung, false), ...of(computing, true)] })
  const { state, message } = found.find((it) => it.id === "engines.answer") ?? {}
  return { state, message: message?.replaceAll(/game \S+?(?=[,.])/g, "G") }
}

const hangs = "These engines are running but don't answer: G"
const computes = "These engines have been computing a turn for a long time and answer no calls until it is done: G"

describe("of engines that don't answer", () => {
  it.each([
    [1, 0, "problem", `${hangs}.`],
    [0, 1, "warning", `${computes}.`],
    [5, 1, "problem", `${hangs}, G, G, 2 more. ${computes}.`],
    [0, 4, "warning", `${computes}, G, G, 1 more.`],
    // The list is full: how many more there are isn't known.
    [20, 0, "problem", `${hangs}, G, G, at least 17 more.`],
    [15, 5, "problem", `${hangs}, G, G, 12 more. ${computes}, G, G, at least 2 more.`]
  ])("those that hang (%i) and those that compute (%i) are both named", (hung, computing, state, message) => {
    expect(silent(hung, computing)).toEqual({ state, message })
  })

  it("none is a problem", () =>
    expect(silent(0, 0)).toEqual({ state: "ok", message: "No engine is known to be silent." }))
})

describe("of backends", () => {
  const backend = (address: string, healthy: boolean) => ({ address, healthy, heartbeat_at: at })
  const found = (...backends: Facts["backends"]) =>
    findings({ ...well, backends }).find((it) => it.id === "backends") ?? null

  it("those that are lost are named", () => {
    expect(found(backend("a:1", true), backend("b:1", false))).toMatchObject({
      state: "warning",
      message: "Of 2 backends these are lost: b:1 since 2026-01-01T00:00:00.000Z."
    })
    expect(found(backend("a:1", true), backend("b:1", true))).toMatchObject({ state: "ok" })
  })

  it("nothing is said where there is one alone", () => expect(found()).toBeNull())
})
