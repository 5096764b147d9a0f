/** The start of a game, with the connection lost at every call of it. */
import * as StartGame from "@galaxy/web/core/lobby/StartGame"
import { againstComputer } from "@galaxy/web/core/lobby/newGame"
import { CreateGame } from "@galaxy/contract/api/UserLobby"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { lobby, lost, refused } from "./server.ts"

const request = againstComputer({ name: "A game", race: "Aldovar", computers: 3, timeZone: "UTC", key: "key-1" })

/** Time passes at once; the galaxy is there after two looks. */
const startOf = (server: ReturnType<typeof lobby>, wanted: StartGame.Wanted = { request }) => {
  let looks = 0
  return StartGame.make({
    me: server.me,
    wanted,
    sleep: async () => {
      if (server.status() === "starting" && ++looks === 2) server.becomes("running")
    }
  })
}

describe("starting a game", () => {
  it("asks for what the server takes", () => {
    expect(Schema.decodeUnknownSync(CreateGame)(request)).toMatchObject({ early_turns: true, computer_players: 3 })
  })

  it("makes it, opens it, closes the list, starts it, and waits until it is played", async () => {
    const server = lobby()
    const start = startOf(server)
    await start.run()
    expect(start.state.get()).toMatchObject({ _tag: "running", game: { game_id: "g1" } })
    expect(server.asked.map(({ type }) => type.replace("lobby.games.", ""))).toEqual([
      "create",
      "open_enrollment",
      "ready_to_start",
      "start",
      "get",
      "get"
    ])
  })

  it.each([0, 1, 2, 3, 4].flatMap((call) => [[call, "before"] as const, [call, "after"] as const]))(
    "repeats call %i when it is lost %s it was done, and makes one game",
    async (broken, when) => {
      const server = lobby((call, now) => (call === broken && now === when ? lost : undefined))
      const start = startOf(server)
      await start.run()
      expect(start.state.get()._tag).toBe("running")
      expect(server.games()).toBe(1)
    }
  )

  it.each([0, 1, 2, 3, 4])("goes on after the connection was gone from call %i on", async (from) => {
    let there = false
    const server = lobby((call, when) => (call >= from && !there && when === "after" ? lost : undefined))
    const start = startOf(server)
    await start.run()
    expect(start.state.get()).toMatchObject({ _tag: "failed", error: { _tag: "Unavailable" } })
    there = true
    await start.run()
    expect(start.state.get()._tag).toBe("running")
    expect(server.games()).toBe(1)
  })

  it("stops at what the server refuses, and says at which step", async () => {
    const server = lobby((call, when) =>
      call === 3 && when === "before" ? refused("conflict", "limit_reached") : undefined
    )
    const start = startOf(server)
    await start.run()
    expect(start.state.get()).toMatchObject({ _tag: "failed", step: "start", error: { reason: "limit_reached" } })
  })

  it("shows a failed start, and tries it again only when it is asked to", async () => {
    const server = lobby()
    let fails = true
    const start = StartGame.make({
      me: server.me,
      wanted: { request },
      sleep: async () => server.becomes(fails ? "start_failed" : "running")
    })
    await start.run()
    expect(start.state.get()._tag).toBe("startFailed")
    expect(server.asked.some(({ type }) => type === "lobby.games.retry_start")).toBe(false)
    fails = false
    await start.run()
    expect(start.state.get()._tag).toBe("running")
  })

  it("doesn't wait for ever", async () => {
    const server = lobby()
    const start = StartGame.make({
      me: server.me,
      wanted: { request },
      sleep: async () => undefined,
      lookMs: 1,
      patienceMs: 5
    })
    await start.run()
    expect(start.state.get()._tag).toBe("slow")
  })
})
