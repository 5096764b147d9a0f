/** The Promise façade: players, games, time, the fixed seed, and a reset between tests. */
import assert from "node:assert/strict"
import { startGalaxy, type TestGalaxy } from "@galaxy/testkit/startGalaxy"
import { NotInTime, NotPossible } from "@galaxy/testkit/TestkitError"
import { afterAll, beforeAll, beforeEach, describe, it } from "vitest"

let galaxy: TestGalaxy
beforeAll(async () => {
  galaxy = await startGalaxy({ startAt: "2026-03-01T05:00:00Z" })
})
afterAll(() => galaxy.close())

describe("a platform with Promises", () => {
  beforeEach(() => galaxy.reset())

  it("tells players of every turn", async () => {
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const game = await galaxy.game([ada, lin], { turnSchedule: "0 6 * * *" })
    assert.equal(game.next_turn_at, "2026-03-01T06:00:00.000Z")
    await galaxy.advanceToTurn(game, 2)
    for (const player of [ada, lin]) {
      for (const turn of [1, 2]) {
        const { payload } = await player.event("game.turn.ready")
        assert.deepEqual([payload.game_id, payload.turn], [game.game_id, turn])
      }
    }
    assert.equal(galaxy.now().toISOString().slice(0, 16), "2026-03-02T06:00")
    await assert.rejects(galaxy.advanceToTurn(game, 1), NotPossible)
  })

  it("makes the same galaxy for the same seed", async () => {
    const reports = []
    for (let run = 0; run < 2; run++) {
      await galaxy.reset()
      const [ada, lin] = await galaxy.players("Ada", "Lin")
      const { game_id } = await galaxy.game([ada, lin], { turns: 2 })
      const report = await ada.call("user.games.report", { game_id, turn: 2 })
      reports.push(JSON.stringify({ ...report, game_id: "" }))
    }
    assert.equal(reports[0], reports[1])
  })

  it("forgets everything when it is reset", async () => {
    const [ada] = await galaxy.players("Ada")
    await galaxy.publicGame()
    await galaxy.advance("3d")
    const waiting = ada.event("game.started")
    const asked = assert.rejects(waiting, NotPossible)
    await galaxy.reset()
    await asked
    assert.deepEqual(galaxy.mails(), [])
    assert.equal((await galaxy.adminCall<{ games: Array<unknown> }>("GET", "/games")).games.length, 0)
    assert.equal((await galaxy.adminCall<{ users: Array<unknown> }>("GET", "/users")).users.length, 0)
    assert.equal(galaxy.now().toISOString().slice(0, 16), "2026-03-01T05:00")
    await assert.rejects(ada.call("user.account.get"), { _tag: "SessionEnded" })
  })

  it("has public games, with players or for those who apply", async () => {
    const [ada, lin] = await galaxy.players(2)
    assert.ok(ada !== undefined && lin !== undefined)
    const open = await galaxy.publicGame()
    assert.equal(open.status, "enrollment_open")
    await ada.call("lobby.applications.submit", { game_id: open.game_id, race_name: "Vega" })
    const game = await galaxy.publicGame([ada, lin], { computerPlayers: 1, turns: 1 })
    assert.deepEqual([game.status, game.current_turn, game.visibility], ["running", 1, "public"])
    assert.equal((await lin.event("game.turn.ready")).payload.game_id, game.game_id)
  })

  it("sends mails, and a second device of the same player", async () => {
    const [ada, again] = await galaxy.players("Ada", "Ada")
    assert.equal(ada.userId, again.userId)
    assert.notEqual(ada.session.deviceSessionId, again.session.deviceSessionId)
    assert.equal(galaxy.mails("ada@example.org").length, 2)
    assert.match((await galaxy.mail("ada@example.org")).text, /\b\d{8}\b/)
  })

  it("says what was waited for", async () => {
    const [ada] = await galaxy.players("Ada")
    await assert.rejects(ada.event("game.started", undefined, { withinMs: 1 }), (error) => {
      assert.ok(error instanceof NotInTime)
      assert.match(error.message, /Ada has waited 1 ms for game\.started; there came nothing/)
      return true
    })
    await assert.rejects(galaxy.players("Ada@home"), NotPossible)
    await assert.rejects(galaxy.game([]), NotPossible)
    await assert.rejects(galaxy.advance("soon" as "1s"), /"soon" is not a length of time such as/)
    await assert.rejects(startGalaxy({ startAt: "soon" }), NotPossible)
    await assert.rejects(galaxy.adminCall("POST", "/games", {}), { _tag: "AdminCallFailed", status: 400 })
  })
})
