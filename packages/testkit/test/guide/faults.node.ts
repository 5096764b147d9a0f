import assert from "node:assert/strict"
import { test } from "node:test"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"

test("a turn is made once, whatever happens", async () => {
  await using galaxy = await startGalaxy()
  const [ada, lin] = await galaxy.players("Ada", "Lin")
  const game = await galaxy.game([ada, lin])
  {
    using _ = await galaxy.fail.engine(game, "crash")
    await galaxy.advance("1 hour")
    await assert.rejects(ada.call("user.games.report", { game_id: game.game_id, turn: 0 }))
  }
  await galaxy.restart("backend", { hard: true })
  await galaxy.advanceToTurn(game, 1)
  assert.equal((await lin.event("game.turn.ready")).payload.turn, 1)
})
