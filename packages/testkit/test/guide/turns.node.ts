import assert from "node:assert/strict"
import { test } from "node:test"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"

test("players hear of every turn", async () => {
  await using galaxy = await startGalaxy()
  const [ada, lin] = await galaxy.players("Ada", "Lin")
  const game = await galaxy.game([ada, lin], { turnSchedule: "0 6 * * *" })
  await galaxy.advanceToTurn(game, 1)
  assert.equal((await lin.event("game.turn.ready")).payload.game_id, game.game_id)
})
