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
  engine_hosts: [],
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
  const backend = (address: string, healthy: boolean, release?: string) => ({
    address,
    healthy,
    heartbeat_at: at,
    answering: false,
    ...(release === undefined ? {} : { release })
  })
  const found = (...backends: Facts["backends"]) =>
    findings({ ...well, backends }).find((it) => it.id === "backends") ?? null

  it("those that are lost are named", () => {
    expect(found(backend("a:1", true), backend("b:1", false))).toMatchObject({
      state: "warning",
      message: "Of 2 backends these are lost: b:1 since 2026-01-01T00:00:00.000Z."
    })
    expect(found(backend("a:1", true), backend("b:1", true))).toMatchObject({ state: "ok" })
  })

  it("different releases are named, of those that are there", () => {
    const mixed = (...backends: Facts["backends"]) =>
      findings({ ...well, backends }).find((it) => it.id === "backends.release")
    expect(mixed(backend("a:1", true, "1.0.0"), backend("b:1", true, "1.1.0"))).toMatchObject({
      state: "warning",
      message: "The backends are of different releases: a:1 of 1.0.0, b:1 of 1.1.0."
    })
    expect(mixed(backend("a:1", true, "1.0.0"), backend("b:1", false, "1.1.0"))).toBeUndefined()
  })

  it("two at one address are a problem", () => {
    const doubled = findings({
      ...well,
      backends: [{ ...backend("a:1", true), contested: true }, backend("b:1", true)]
    })
    expect(doubled.find((it) => it.id === "backends.address")).toMatchObject({
      state: "problem",
      message: "Two backends say that they are at a:1."
    })
  })

  it("nothing is said where there is one alone", () => expect(found()).toBeNull())
})

describe("of hosts of engines", () => {
  const host = (host_id: string, change: Partial<Facts["engine_hosts"][number]> = {}) => ({
    host_id,
    answers: true,
    in_settings: true,
    draining: false,
    games: 0,
    games_bound: 0,
    most: 10,
    ...change
  })
  const found = (hosts: Facts["engine_hosts"], change: Partial<Facts> = {}) =>
    Object.fromEntries(
      findings({ ...well, engine_hosts: hosts, ...change })
        .filter((it) => it.id.startsWith("engine.host"))
        .map((it) => [it.id, it])
    )
  const seen = (time: string) => DateTime.makeUnsafe(`2025-12-31T${time}Z`)
  const silent = { answers: false, seen_at: seen("23:00:00"), trouble: "ECONNREFUSED" }

  it("a silent one is named while others answer: since when, with what on it, and what to do", () => {
    const { "engine.host": one } = found([host("alpha"), host("beta", { ...silent, games: 3 })])
    expect(one).toMatchObject({
      state: "warning",
      message:
        "Of 2 engine hosts one doesn't answer: beta, silent since 2025-12-31T23:00:00.000Z, with 3 games on it (ECONNREFUSED)."
    })
    expect(one?.help).toContain("go on at the other hosts")
    expect(one?.help).toContain("`galaxy-admin host forget HOST`")
    const never = found([host("alpha"), host("beta", { answers: false }), host("gamma", silent)])["engine.host"]
    expect(never?.message).toContain("2 don't answer: beta, never heard of, with no games on it; gamma, silent since")
    expect(never?.help).not.toContain("go on at the other hosts")
  })

  it("one that other backends reach isn't called silent", () => {
    const { "engine.host": one } = found([host("alpha"), host("beta", { ...silent, seen_at: seen("23:59:55") })])
    expect(one?.message).toContain("beta, last heard of by another backend at 2025-12-31T23:59:55.000Z")
    expect(one?.help).toContain("the link between this backend and the host")
  })

  it("games that must wait for a silent one are a problem", () => {
    const { "engine.host": one } = found([host("alpha"), host("beta", { ...silent, games: 3, games_bound: 2 })])
    expect(one).toMatchObject({ state: "problem" })
    expect(one?.message).toContain("3 games on it, 2 bound to it")
    expect(one?.help).toContain("have their state there alone")
  })

  it("those that answer are well, drained ones are mentioned, and where none answers that is a problem", () => {
    expect(found([host("alpha"), host("beta", { draining: true, games: 1 })])).toMatchObject({
      "engine.host": {
        state: "ok",
        message: "All 2 engine hosts answer; 0 engines run, 0 sleep. beta is drained, with 1 game on it."
      }
    })
    const none = found([host("alpha", silent), host("beta", silent)], {
      engine_host: { state: "problem", reason: "no Docker host answers", running: 0, asleep: 0 }
    })
    expect(none).toEqual({
      "engine.host": expect.objectContaining({
        state: "problem",
        message: "Engines can't be started: no Docker host answers."
      })
    })
  })

  it("what has to be mended on one that answers is a problem, even if there is no other", () => {
    const shared = host("alpha", { trouble: "another platform has engines here under the name galaxy" })
    expect(found([shared])).toMatchObject({
      "engine.host": { state: "ok" },
      "engine.host.trouble": {
        state: "problem",
        message: "alpha: another platform has engines here under the name galaxy."
      }
    })
    // Why one doesn't answer is said elsewhere.
    expect(found([host("alpha"), host("beta", silent)])).not.toHaveProperty("engine.host.trouble")
  })

  it("no room on any of several is a problem", () => {
    const full = host("alpha", { games: 10 })
    expect(found([full, host("beta", { draining: true })])["engine.host.room"]).toMatchObject({
      state: "problem",
      message: "No engine host takes a new game: alpha has 10 of 10; beta is drained."
    })
    expect(found([full, host("beta")])).not.toHaveProperty("engine.host.room")
    // A single one of child processes puts engines to sleep.
    expect(found([full])).not.toHaveProperty("engine.host.room")
  })

  it("those that are in no settings are named, but not between backends with children of their own", () => {
    const old = host("old", { answers: false, in_settings: false, games: 1, games_bound: 1 })
    const left = found([host("alpha"), old])["engine.host.left"]
    expect(left).toMatchObject({
      state: "problem",
      message: "Not in this backend's settings: the engine host old, with 1 game on it, 1 bound to it."
    })
    const forgotten = { ...old, games: 0, games_bound: 0 }
    expect(found([host("alpha"), forgotten])["engine.host.left"]?.help).toContain("galaxy-admin host forget HOST")
    const heard = found([host("alpha"), { ...forgotten, seen_at: seen("23:59:55") }])["engine.host.left"]
    expect(heard?.help).toContain("the same BACKEND_DOCKER_HOSTS")
    const backends = ["a:1", "b:1"].map((address) => ({ address, healthy: true, heartbeat_at: at, answering: false }))
    expect(found([host("alpha"), old], { backends })).not.toHaveProperty("engine.host.left")
  })
})
