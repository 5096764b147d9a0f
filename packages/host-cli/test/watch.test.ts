/** Watching all games: the end of one is told too. */
import { expect, it } from "vitest"
import { cli, json } from "./cli.ts"

const game = { game_id: "0190a0b0-0000-7000-8000-000000000001", game_name: "Orion", current_turn: 3 }

it("tells once that a game has finished, and ends for it", async () => {
  let rounds = 0
  let reads = 0
  const ran = await cli(["watch", "games", "--until", "status=finished", "--for", "1m", "-o", "json"], {
    fetch: (request) => {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname.endsWith(game.game_id)) {
        reads++
        return json({ ...game, status: "finished" })
      }
      const status = searchParams.get("status")
      if (status === "draft") rounds++
      // In two lists of the first round: it was started in between.
      return json({
        games: rounds === 1 && (status === "starting" || status === "running") ? [{ ...game, status }] : []
      })
    }
  })
  expect([ran.code, rounds, reads]).toEqual([0, 2, 1])
  expect(JSON.parse(ran.stdout).changes).toEqual({ status: { from: "running", to: "finished" } })
})
