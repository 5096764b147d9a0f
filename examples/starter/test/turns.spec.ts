import assert from "node:assert/strict"
import { test } from "node:test"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"

test("players hear of every turn and read its report", async () => {
  await using galaxy = await startGalaxy({ startAt: "2026-03-01T05:00:00Z" })
  const [ada, lin] = await galaxy.players("Ada", "Lin")
  const { game_id } = await galaxy.game([ada, lin], { turnSchedule: "0 6 * * *" })
  for (const turn of [1, 2, 3]) {
    await galaxy.advanceToTurn(game_id, turn)
    const { payload } = await lin.event("game.turn.ready")
    assert.deepEqual([payload.game_id, payload.turn], [game_id, turn])
  }
  const report = await ada.call("user.games.report", { game_id, turn: 3 })
  assert.ok(report.my_planets.length > 0)
})
